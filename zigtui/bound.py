"""The program as a part of the process that has started it, with which it ends: ``python -m zigtui.bound``.

Standard input is that of `zigtui.system.lifeline.lifeline`.
"""

from zigtui.__main__ import main
from zigtui.system.lifeline import end_with_input

if __name__ == "__main__":
    end_with_input()
    main()
