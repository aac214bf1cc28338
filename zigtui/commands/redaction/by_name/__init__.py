"""Secrets that are found by their names, wherever the name is.

- Before the value: `assignments`, `headers`, `calls`, `fallbacks`, and the name of a vendor in `neighbours`.
- In another field, column or line: `pairs`, `tables` and `next_line`, with the `continuations` that it reads.
"""
