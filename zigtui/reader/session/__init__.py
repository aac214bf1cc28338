"""What the events of one session mean."""
