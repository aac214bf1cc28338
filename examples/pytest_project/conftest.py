"""Record the tests of this directory: pytest examples/pytest_project."""

pytest_plugins = ["writer.pytest_plugin"]
