"""Widgets that several screens use, and their drawing functions."""
