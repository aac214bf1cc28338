"""One log file, from bytes to events and output lines.

`tail` reads chunks of whole lines as the file grows. `decode` turns them into events, and `malformed` salvages what it
can of damaged ones. `output_index` then finds lines of output by number; others use it as a `line_source`.

- Fast paths for parts of a log where many lines are alike: `event_batches` and `output_batches`.
- Large logs: `log_end` displays the end first, `parallel_read` reads from both ends.
- Commands: `follow_log` prints lines as they come, `line_table` reads those of each step in turn.
"""
