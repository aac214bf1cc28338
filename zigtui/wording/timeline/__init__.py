"""The bars over time beside the rows of a tree, for the screen and reports.

`time_spans` finds out when each row was under way. `time_axis` converts times to cells, and folds long waits, which
`busy_times` are free of. `time_bars` draws a span on an axis, and `row_bars` all rows.
"""
