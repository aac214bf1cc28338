"""Sharing a session: other processes add to it over a socket, and one process writes its log."""
