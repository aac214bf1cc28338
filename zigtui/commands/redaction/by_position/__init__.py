"""Secrets found by their position: in `urls`, `commands`, `logins`, `accounts`, `stores`, `sentences` and `sql`."""
