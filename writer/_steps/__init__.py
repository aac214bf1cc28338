"""Tiers and steps: the ``with`` blocks that record the work of a runner.

Begin with `tier` and `step`. What a step records of its work is in `step_output`, and of programs in `step_programs`;
`step_file` and `redirect` are the files that it takes output from. `progress` and `pass_state` decide which calls are
allowed, `error_text` describes exceptions, and `race` runs steps against each other. Other processes have a
`remote_step`, whose requests a `shared_step` answers.
"""
