"""Secrets that are found by their own form.

`tokens` of published formats, `private_keys`, and `random_runs` behind a prefix; secrets that are `encoded` in base64;
and `persons`: addresses and home directories.
"""
