"""Text of a log, made safe to show.

Begin with `safe_text`, through which all text passes that is shown. It interprets what a terminal would: `text_style`
the colours, `overwritten` the carriage returns of progress bars, and `terminal_line` the movements of the cursor.
"""
