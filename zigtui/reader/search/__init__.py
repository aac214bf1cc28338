"""Search the output of a log.

`search` runs a `query` on a thread, over a `file_range` and then over what is appended. The `prefilter` passes over
lines without decoding them. `line_filter` combines queries, and `filtered_lines` are what they leave. `event_filter`
does the same for the dividers between the lines.
"""
