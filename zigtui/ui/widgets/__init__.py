"""Widgets that several screens use, and their drawing functions.

`painted` is the base of widgets that draw their own lines, such as `bar`, `key_bar` and `row_list`. `drawing` and
`wrapping` fit text into cells for them. A `panel` is above a screen, as a `menu` is. The `prompt` is a line to type in.
`notices` and a `passing_note` report what happens.
"""
