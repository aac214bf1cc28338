"""What zigtui says on a plain terminal."""
