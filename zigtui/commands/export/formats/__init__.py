"""The report formats. Each module is a format of the same name, and has an attribute ``exporter``."""
