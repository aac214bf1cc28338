"""Secrets that are found by their position: in `urls`, `commands`, `logins`, `accounts` and statements of `sql`."""
