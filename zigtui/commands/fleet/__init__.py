"""``zigtui fleet`` and ``zigtui ship``: the sessions of many machines. `command` has the group of commands."""
