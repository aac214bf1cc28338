"""The log of a session: its file, and what becomes of it if the disk fails.

Each class adds one concern to the one before: `open_log` keeps the `log_file` open, `event_log` appends events to it,
`output_log` appends lines of output, which is the hot path, `session_log` goes on if the disk fails, and `masked_log`
hides secrets, which `mask` finds. `no_log` writes nothing. `line_splitter` cuts what programs print into lines, and
`late_ends` ends sessions when the disk has room again.
"""
