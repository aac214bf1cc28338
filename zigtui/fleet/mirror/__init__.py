"""The receiving side: logs of other machines, written into ordinary base directories.

`store` decides what a chunk changes, and knows nothing of servers. `mirrored_file` holds the rules for one file;
`held_chunks`, `missing_bytes`, `open_files` and `quota` are its means. `mirror` connects the store with a server: it
has a `stream_reader` for each stream, finds out by `machines` who is silent, and keeps a `cursor` for its next run. By
the `server_clock` it knows how old a message is. It reports its `mirror_problems`, and which machines are silent
(`silence_reports`). `mirror_thread` runs a mirror inside a program with a screen.
"""
