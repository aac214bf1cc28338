"""How sessions are put into words: the same on the screen and in plain text."""
