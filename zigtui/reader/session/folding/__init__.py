"""Make the model of a session from the events of its log, however they are divided into batches.

`folded_lines` gets the lines as they are read, and passes them to `fold`, the entry point. It has `checks` report what
is wrong with events, and `run_events` apply valid ones to the `runs`: those that may still change are `open_runs`, and
`kept_runs` bounds how many are held in memory. `run_facts` keeps what follows from them while only output is added.
"""
