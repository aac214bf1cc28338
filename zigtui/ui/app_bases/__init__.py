"""The base classes of the application, each for one concern.

`failing_app` ends after unexpected exceptions, `type_ahead_app` keeps what is typed while a screen is being set up,
`palette_app` has the `palette` of commands and the colours, and `repainting_app` and the `stylesheet` save work that
Textual does for nothing.
"""
