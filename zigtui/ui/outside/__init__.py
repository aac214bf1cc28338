"""Other programs in the terminal of the screen: a pager or an editor, and the files that they are given.

`programs` has their command lines, `foreground` runs them in the terminal, and a `private_file` is what they open.
In a browser there are none, and `delivery` lets it download files.
"""
