"""The output of steps, as the session's screen shows it."""
