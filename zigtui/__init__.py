"""Watch zig workflow sessions: live and past, on a screen or as plain text."""

__version__ = "0.1.0"
