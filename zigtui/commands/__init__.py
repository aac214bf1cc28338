"""The plain commands. Each module that `zigtui.cli` registers has a ``command``, which click calls.

No command depends on another one. What several of them need has a package of its own; data flows from `reading`, over
`printing`, to standard output:

- `reading`: logs, and the passes of a session that are printed.
- `printing`: sessions and events as text, tables and JSON.
- `options`: options and arguments, which also choose what is read.
- `program`: what holds for all commands, such as the help, and the options before a command.
- `shells` and `redaction`: completion in shells; secrets in reports.
"""
