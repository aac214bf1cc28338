"""The formats of reports. Each module is a format of that name, with an attribute ``exporter``."""
