"""The screen of one session: its tiers and steps beside their output.

Begin with `screen`. What its `keys` do is in its base classes `reading_screen`, `outside_screen` and `saving_screen`
too. It has a `header`, and in `panes` the `tree` and the `output_panes`. `failure_controller` goes from failure to
failure, and `info_screen` displays all facts. `preview` is the session in short, for the list.
"""
