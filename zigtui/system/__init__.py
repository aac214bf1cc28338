"""The system around the program: its terminal and standard streams, files, processes and network.

These modules know nothing of sessions.

- `standard_streams`, `colours` and `coloured_line` are for what is printed.
- `replaced_file` and `private_directory` are for files that appear whole, and that nobody else can read.
- `lifeline` and `process_end` are for processes that this one starts, and `loopback` for addresses.
"""
