"""``python -m zigtui``."""

from zigtui.cli import main

main()
