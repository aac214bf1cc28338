"""What commands read of sessions: their logs, each to its current end, and the passes that the user has chosen.

Begin with `read_log`. It keeps in an `observation_file` what it has seen of doubtful logs, for the next command.
"""
