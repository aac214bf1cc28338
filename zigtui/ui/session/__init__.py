"""One session: its tiers and steps beside their output."""
