"""The server that displays screens in browsers: `server` answers requests, as far as `access` allows them.

Each page that is open has a `screen_process` of its own, in which Textual runs the application as in a terminal. The
page is a terminal too: xterm.js, from the package textual-serve. The files beside it are in ``files``.
"""
