"""The command ``zigtui record``: record programs and shell scripts as sessions.

`program` records one program. `script` has the commands for shell scripts, whose session is recorded by the process of
`owner`: it ends with the shell, which `shell_watch` waits for, and `outcome` decides its status. Both run programs with
`running`.
"""
