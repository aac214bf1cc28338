"""All sessions of all base directories, kept up to date.

Begin with `catalog`. It has a `base_catalog` for each base directory, which lets `scan` find the logs there, and
reads those that have changed, in the order of a `read_queue`. `watch` lets it scan when something changes.

- `hints` about changes decide what is read first: the logs that are open or displayed, then the others.
- Before a log is read, `index_hints` describe its session.
- `find`, `project` and `nesting` select sessions: by a word, of a repository, or begun inside another one.
"""
