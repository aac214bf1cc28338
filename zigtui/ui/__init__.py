"""The screens. They show what `zigtui.reader` tells, and never read a file themselves."""
