"""Widgets that several screens use, and how they draw."""
