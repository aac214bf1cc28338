"""Secrets and personal paths taken out of text to be shared.

    redactor = Redactor.of_here(paths_of_the_session)
    redactor.text(prompt)  # one text, of one line or several
    redactor.value(json_value)  # every text in it
    redact = redactor.stream()  # the lines of one stream in turn
    [redact(line) for line in lines]

`Verbatim` has the same methods and changes nothing. `LONGEST_KEY_LINES` is the number of lines before a line that
decide whether it is masked.

A secret is found by its form (`tokens`), by its name (`assignments`, `pairs`, `tables`, `headers`), by where it stands
in a URL, a command or a statement (`urls`, `commands`, `sql`, `accounts`), or because it is random and stands next to a
keyword (`neighbours`). Escapes, invisible characters and base64 do not hide it (`disguise`, `encoded`).

This lowers the risk; it does not make a log public. A secret of no known form without a keyword next to it stays,
and so does one that a program broke into several lines, private keys excepted.
"""

from zigtui.commands.redaction.private_keys import LONGEST_KEY_LINES
from zigtui.commands.redaction.redactor import Redactor, Verbatim

__all__ = ["LONGEST_KEY_LINES", "Redactor", "Verbatim"]
