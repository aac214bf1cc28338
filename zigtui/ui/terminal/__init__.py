"""The terminal that the screens are in: what it can do, what it sends, and who has it.

- `control` owns it: signals, suspending, and what happens when it is closed. `driver` is Textual's, made robust.
- Input goes from `input`, which divides bytes into tokens, to `events`. `drain` waits for the rest of it at the end.
- Output goes through `writer`. `status` is the title and the progress, `summary` what they display.
- `kind` and `job_control` find out what the terminal and its shell can do.
"""
