"""Filters of sessions, as users type them."""
