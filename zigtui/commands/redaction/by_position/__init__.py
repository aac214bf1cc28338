"""Secrets found by their position: in `urls`, `commands`, `logins`, `accounts`, `stores` and statements of `sql`."""
