"""One session: writing its log, and ending it.

Begin with `session_writer`, which has a method for each event: those of a workflow are in `session_events`, and its
class methods in `session_creation`. They begin with a new log by `start`, and with that of a killed process by
`reopen`. A `coordinator` sends heartbeats and ensures the end, even if one of the `end_signals` comes; `reason` records
why the session has failed. The `listener` is a coordinator for many events, and `whole_session` makes writer and
coordinator in one call. Other processes `attach` to a session, which is an `attached` one there. `prune` removes old
sessions.
"""
