"""Find the logs of a base directory, again and again.

Begin with `inventory`: it keeps the logs of a base up to date, each as a `log_file`. It lists the `directories` in
which logs may appear, as often as the `scan_schedule` allows, and compares `file_facts`. Without an inventory,
`locations` lists the logs once, and `found_session` reads no more of each than its first line.
"""
