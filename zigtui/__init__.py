"""Watch zig workflow sessions: live and past, on a screen or as plain text.

Data flows from `reader`, which reads logs, over `wording`, which has the words and signs for them, to the screens of
`ui` and the plain `commands`. `settings` are what the user has configured, `state` what zigtui keeps by itself. `fleet`
brings the sessions of many machines together. `cli` is where the program starts.
"""

__version__ = "0.1.0"
