"""Run the programs of a step, and record what they print.

`process` runs a program, `process_async` the same from asyncio. It reads the `process_pipes`, or a `terminal`, as
`process_output`, and ends all of a `process_group`. Each gets the `step_environment`.
`foreground` runs a program that a person uses, if possible in a `nested_terminal`. `interrupts` and `running_programs`
are for Ctrl-C and signals, which end all programs. `popen_options` are the types of what a runner may choose, and
`outcome` has the words for how a program ended.
"""
