"""The shipper: sends the logs of a machine to the server.

`discovery` finds the logs, `shipped_log` reads one of them and knows how far the server has it, `link` keeps a
connection, and `shipper` brings them together. `notes` is what stays for the next start. `shipped_bytes` makes the
chunks, with the bytes as they are or those of a `masked_log`.

`log_set` has an `entry` for each log: with the work that is left for it, such as the `ranges` to send again, or its
state (`states`). `ticks` and `rate` decide how often and how fast. With several base directories, `each_base` runs a
shipper for each, and they have the `beats` in common (`shared`).
"""
