"""Times and locations in an output as users type them.

`typed_times` are for filters and the command line, and `durations` also for settings. `jump_target` is where a user
wants to go in an output: of the `moments` that a typed time may mean, `time_search` finds those at which there are
lines.
"""
