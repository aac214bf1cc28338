"""The server that displays screens in browsers: `server` answers requests, as far as `access` allows them.

Each page that is open has a `screen_process` of its own, in which Textual runs the application as in a terminal. The
page is a terminal too: xterm.js, from the package textual-serve. The files beside it are in ``files``.

Of textual-serve, only the script with the terminal and the font are used. Its server runs a shell command, lets
everybody in, prints what a failed process has printed, and waits forever for a process that does not end. Its page asks
another server for the font, does not notice when the process fails, and does not connect again.
"""
