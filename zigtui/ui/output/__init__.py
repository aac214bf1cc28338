"""The output of steps on the screen of a session."""
