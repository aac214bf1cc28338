"""The content of a session, as its log records it. Frozen, and independent of the clock.

Begin with `session`, which has the tiers, the steps and their attempts. `passes` recognizes the runs of the whole
workflow, of which a listener makes many: a `pass_run` for each, and `past_passes` for those that are no longer kept in
full. `marks` are what happened between the lines of output. A session is `listed` without most of that. The other
modules are details of steps.
"""
