"""The screen of all sessions.

Begin with `screen`, which has the `keys`. The `list` draws rows in an `order`, which changes as sessions do. The
`list_filter` is typed into the `filter_prompt`. The `columns` share the width, and `cell_texts` has the longest texts
in them. Sessions are `unseen` until `visits` mark them. The `preview_pane` is beside the list or below it. The
`kept_place` is for pages that connect again.
"""
