"""Filters of sessions, as users type them.

Begin with `session_filter`. It splits the text into `raw_terms`, and turns these into conditions: the `terms`. They
match the texts of a session in `session_texts`.
"""
