"""The screen of the machines whose sessions are mirrored.

Begin with `screen`. `list` has a row for each machine, with the `columns` for which there is room, and
`session_counts` counts their sessions.
"""
