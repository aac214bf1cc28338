"""The view of an output: its rows on the screen, scrolled, followed and selected from.

`view` is the widget. Its `output_items` are lines and dividers, `output_rows` their rows after wrapping, by their
`positions`, and a `page` is drawn of those on the screen. `scrolling`, `selecting` and `selection` are for keys and the
mouse. `scroll_marks` are in the scroll bar, and a `bookmark` returns to a place. Others use it as a `viewport`.
"""
