"""The program as a child process that ends with its parent, even if that is killed: ``python -m zigtui.child_process``.

Standard input is that of `zigtui.system.lifeline.lifeline`.
"""

from zigtui.__main__ import main
from zigtui.system.lifeline import end_with_input

if __name__ == "__main__":
    end_with_input()
    main()
