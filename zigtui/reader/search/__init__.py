"""Search the output of a log."""
