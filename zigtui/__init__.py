"""Watch zig workflow sessions: live and past, on a screen or as plain text.

Data flows from `reader`, which reads logs, through `wording`, which has the words and signs for them, to the screens of
`ui` and the plain `commands`. `settings` are what the user has configured, `state` what zigtui keeps by itself. `fleet`
brings the sessions of many machines together, `otlp` sends sessions as traces, and `web` serves screens to browsers.
`redacted` is what commands and traces take from a session, without its secrets.

`cli` is where the program starts. `system` has tools for all of these: for standard streams, files and processes.
"""

__version__ = "0.1.0"
