"""What holds for all commands: their group, the options before a command, the help and the end by a signal.

`command_group` finds the command that is called. `program_options` are those that every command accepts.
"""
