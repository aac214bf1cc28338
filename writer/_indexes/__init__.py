"""The indexes of sessions, which save readers from searching for logs.

`session_entries` adds a session when it begins, and completes its entries when it ends: by `update` at once, or by
`thread` in the background. Each index is a `file` of JSON `text`, changed under a `lock` between processes. What a
killed process has not done is found by its `marks`, and done by the next one. `entries` can be rebuilt from the logs.
"""
