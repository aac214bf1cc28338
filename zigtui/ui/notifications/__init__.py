"""Reports of sessions that end, fail, stall or are lost while the user does not see it.

``session_watch`` finds what happened, ``attention`` whether the user is at the terminal, and ``gathering`` prevents a
flood. ``report`` has the words, and ``channels`` the ways out of the screen. `Notifier` connects them.
"""
