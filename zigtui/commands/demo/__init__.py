"""A small workflow of real processes to watch."""
