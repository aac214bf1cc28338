"""The output of steps on the screen of a session.

`pane` is what the screen has: the `display` of an output with a prompt. The output itself is a `navigation`, which
connects what was `chosen` in the tree with the `view` that displays it, and with `search`, filters and jumps.

- `lines` and `dividers` draw what an output consists of.
- `log_end_view` displays the end of a large log until all of it has been read. `past_sessions` are folded again.
- `patient_reader` reads from disks that may hang.
- `failure_text` is above the output of a failed step, and `footers` are below any output.
- `excerpts` are what can be copied or saved.
"""
