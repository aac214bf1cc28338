"""Reports of sessions that end, fail, stall or are lost while the user does not see it.

Begin with `notifier`, which decides what is reported, and `announcer`, which does it. `session_watch` finds what
happened, `attention` whether the user is at the terminal, and `gathering` prevents a flood. `report` has the words,
`news` the reports on the screen, and `channels` the ways out of it.
"""
