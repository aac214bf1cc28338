"""The sessions of many machines: shipped through a NATS server and mirrored into ordinary base directories.

`wire` defines what travels, `server` runs the server, and `mirror` receives. Each machine ships its logs in chunks. A
mirror writes the chunks at their offsets into one base directory for each machine, on which the reader works unchanged.
The server is only a buffer: it may lose, repeat and reorder chunks. Offsets decide where bytes belong, and the log on
the machine remains the only original.
"""
