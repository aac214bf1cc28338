"""The order of the list of sessions.

Begin with `order`. It keeps a `row_key` for each session in a `sorted_list`, by one of the orders in `sorting`;
the default one has `groups`. `filtered_rows` are those that pass a filter.
"""
