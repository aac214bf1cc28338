"""``zigtui serve``: the screen in a browser. `command` runs the server, and `screen` is the process of each screen."""
