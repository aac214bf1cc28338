"""Reports of one session."""
