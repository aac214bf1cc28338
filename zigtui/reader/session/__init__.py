"""One session: its model, made from the events of its log, and its state at a moment."""
