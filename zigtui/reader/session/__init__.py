"""One session: its model, built from the events of its log, and its state at a moment.

Data flows one way. `session_log` reads the log, `folding` builds the `model` from its events, `states` judges it at a
moment, and `snapshot` combines both for screens and commands.

- `growth_watch` and `observations` are what was seen of a log whose times are in doubt: now, and by earlier commands.
- `settle` and `followed_session` are for commands, which read a log once or follow it.
- `past_pages`, `pass_part` and `pass_preview` read past passes of a listener again when they are displayed.
"""
