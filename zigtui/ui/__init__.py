"""The screens. They display what `zigtui.reader` has read, and never read a file themselves.

Begin with `run`, which assembles the `app` from its screens: the list in `sessions`, and one session in `session`, with
its `output`. All derive from `live_screen`, which keeps them up to date. `messages` are what screens and the app send
each other. `widgets` and `keys_screen` are parts of several screens.

The app, with its classes in `app_bases`, stands between the `terminal`, other programs in it (`outside`), and the
reports of `notifications`.
"""
