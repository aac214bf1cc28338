"""Other programs in the terminal of the screen: a pager or an editor, and the files that they are given."""
