"""The plain commands. Each module that `zigtui.cli` registers has a ``command``, which click calls."""
