"""Secrets found by their position.

In `urls`, `commands`, `logins`, `accounts`, `protocols`, `stores`, `sentences` and `sql`.
"""
