"""Searching the output of a log."""
