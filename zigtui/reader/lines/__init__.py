"""One log file, from bytes to events and output lines."""
