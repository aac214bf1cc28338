"""Reports of sessions that end, fail, stall or are lost while the user looks elsewhere.

``session_watch`` finds what happened, ``attention`` what the user sees by himself, ``gathering`` prevents a flood,
``report`` has the words and ``channels`` the ways out of the screen. `Notifier` connects them.
"""
