"""The log of a session: its file, and what becomes of it if the disk fails."""
