"""Sharing a session: other processes add to it over a socket, and one process writes its log.

In the process that writes the log, `sharing` starts the `server`. Its socket is in a private `directory`. Each message
goes to `requests`, which records it, and keeps in `open_steps` and `client_programs` what its clients have under way.

In another process, `remote_log` takes the place of the log of a session, and sends each event over a `connection`.
Both sides use `messages`.
"""
