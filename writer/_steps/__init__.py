"""Tiers and steps: the ``with`` blocks that record the work of a runner."""
