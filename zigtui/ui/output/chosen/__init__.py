"""The output that was chosen in the tree: that of a step or attempt, a tier, a pass or the session.

`chosen_run` is what the row stands for, and `chosen_output` its lines and dividers, with the `titles` above them.
`whole_output` reads all lines, to copy or save them.
"""
