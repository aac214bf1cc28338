"""The tree of a session's tiers, steps and attempts, and the timeline beside it.

`step_tree` is the widget, whose rows `tree_parts` and `small_bars` draw. The `timeline` has a bar for each of its rows.
`past_reader` reads again those past passes of a listener that are on the screen.
"""
