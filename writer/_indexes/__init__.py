"""The indexes of sessions, which save readers from searching for logs."""
