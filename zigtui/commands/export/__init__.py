"""The command ``zigtui export``: reports of one session, to share it.

`command` has the options. The `registry` finds the `exporter` of a format, each of which is a module of `formats`.
They take `session_facts`, `failures` and `step_output`, whose texts are redacted, or with ``--verbatim`` are not.
"""
