"""The command ``zigtui demo``: a small workflow of real processes to watch.

`demo` starts the runner as a `runner_process`, and opens the screen. The `runner` records `job_steps`, and with
``--listener`` the events of a `listener`; each step runs one of the `jobs`.
"""
