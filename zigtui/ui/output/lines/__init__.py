"""Lines of output as rows of cells.

`lines` draws them, with the `gutter` beside them: `line_times` and names. `links` makes links of URLs and paths, which
`file_references` finds. `hidden_match` shows a match in the part of a long line that is cut off.
"""
