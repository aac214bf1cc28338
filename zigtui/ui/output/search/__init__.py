"""Search, filter and jump in an output. Each has a controller, which runs on a thread and moves the view.

`search` is the state of a search: its query and the current match. `search_controller` runs it, and `typed_search` does
while the user types. `filter_controller` leaves only some lines, and `jump_controller` goes to a time or a line.
"""
