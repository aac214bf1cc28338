"""The screen of one session: its tiers and steps beside their output.

`screen` is the entrance, with the keys in `reading` and `outside_screen`. It has the `header`, and in `panes` the
`step_tree`, the `timeline` and the `output_panes`. `failure_controller` goes from failure to failure, `past_reader`
reads past passes again, and `info_screen` displays all facts. `preview` is the session in short, for the list.
"""
