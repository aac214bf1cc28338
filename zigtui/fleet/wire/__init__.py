"""What travels between shippers, the server and mirrors. Pure functions: they read neither clock, disk nor network.

Read in this order: `names` and `subjects` (which log), `chunk` (its bytes), `pieces` (where to cut), `messages` (the
rest). Each message has the header of its kind. Whatever arrives is hostile: all functions that parse raise `WireError`,
whose text names the fault.
"""
