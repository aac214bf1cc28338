"""All sessions of all base directories, kept up to date."""
