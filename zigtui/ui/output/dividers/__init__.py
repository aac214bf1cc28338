"""The dividers between lines of output: when steps began and ended, with their errors.

`dividers` numbers them. Which there are depends on the output: `step_dividers`, `attempt_dividers`, or `mark_dividers`
for a tier, a pass or the session. `divider_rows` draws them. `divider_search` finds text in them, without making those
that `divider_filter` excludes.
"""
