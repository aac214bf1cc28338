"""The sessions of many machines: shipped through a NATS server and mirrored into ordinary base directories.

`wire` defines what travels, `server` runs the server, `ship` sends, and `mirror` receives. Each machine ships its logs
in chunks: bytes of one log, and the offset where they belong. A mirror writes them there, into one base directory for
each machine, on which the reader works unchanged.

The server is only a buffer: it may lose, repeat and reorder chunks. What is missing is asked for, and sent again from
the log on the machine, which remains the only original.

All sides connect by `connection`, with a join token (`join`). `joined` keeps the tokens of fleets that a user watches.
"""
