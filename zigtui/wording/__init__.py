"""The words, signs, durations and widths that the screen, the plain commands and the reports share.

Most modules turn one kind of value into words: `states`, `signs`, `durations`, `dates`, `amounts`, `errors`, `waiting`.
`text_fit` cuts texts to a width. Whole views are made of these words: the `session_row` of a list, the `tree` of steps,
the `timeline` beside it, the `dividers` between lines of output, and `facts` with everything that is known.
"""
