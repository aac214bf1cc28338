"""The rows of a session's tree of steps, for the screen, `show` and reports: pure functions of a snapshot.

`tree_rows` makes those of a session, `listener_rows` those of a listener, which has the `pass_rows` of each pass.
"""
