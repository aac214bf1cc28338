"""Secrets found by their position. Each module answers one question: what is the secret a part of?

- `urls`: a URL, or a path.
- `accounts`: a user name with its password beside it, as in ``bob:...``.
- `commands`: a command with a known program: its options and arguments are rows of two tables.
- `options`: a command with any program, as in ``-u bob -p ...`` and ``set-password ...``.
- `shell`: what a shell passes to a command, by a pipe, a here string or a file.
- `stores`: a command that puts values under any name into a store of secrets.
- `configurations`: a line of a file of passwords, or of the configuration of a server or a network device.
- `sql`: a statement of SQL.
- `protocols`: a message between a client and a server.
- `sentences`: a sentence of a program or a person.
"""
