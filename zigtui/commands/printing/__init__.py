"""What commands print: sessions as tables and as JSON, and events as lines of text.

All of it goes to a `terminal`, or to whatever standard output is.
"""
