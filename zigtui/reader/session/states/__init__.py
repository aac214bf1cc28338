"""The states of a session and of its parts at a given moment: pure functions of the model and the time.

Begin with `liveness`, which decides whether a session still runs. The others follow from its state: `part_states` of
tiers and steps, `pass_state` of passes, and in `elapsed` how long everything took.
"""
