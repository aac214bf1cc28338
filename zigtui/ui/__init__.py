"""The screens. They display what `zigtui.reader` has read, and never read a file themselves."""
