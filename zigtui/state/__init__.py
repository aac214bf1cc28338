"""What zigtui keeps for itself in the user's state directory. Nothing depends on it: without it, defaults apply."""
