"""The words, signs, durations and widths that the screen, the plain commands and the reports share."""
