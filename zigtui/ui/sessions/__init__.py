"""The screen of all sessions.

`screen` is the entrance. The `list` draws the rows of the `order`, which keeps them sorted as sessions change, by one
of the orders in `sorting`. `filtered_rows` are those that pass the `list_filter`, typed into the `filter_prompt`. The
`columns` share the width. Sessions are `unseen` until `visits` mark them. The `preview_pane` is beside the list or
below it.
"""
