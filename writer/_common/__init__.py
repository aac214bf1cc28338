"""What all of the package uses: the format of a log, errors, paths, and what protects the runner and its log.

It knows nothing of sessions and steps.
"""
