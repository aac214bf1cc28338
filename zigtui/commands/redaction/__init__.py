"""Redaction of secrets and personal paths in text that is to be shared.

    redactor = Redactor.of_here(paths_of_the_session)
    redactor.text(prompt)  # one text, of one line or several
    redactor.value(json_value)  # every text in it
    redact = redactor.stream()  # the lines of one stream in turn
    [redact(line) for line in lines]

Earlier lines of a stream affect later ones. To redact only the end
of a stream, start at a line that `is_independent`, and that has at least `Redactor.lookback` lines between it and the
end: a private key is taken to end after that number of lines.

There are five ways to find a secret:

- by its format (`tokens`);
- by its name (`assignments`, `pairs`, `tables`, `headers`);
- by its position in a URL, a command or a statement (`urls`, `commands`, `logins`, `sql`, `accounts`);
- by its position as the default of a named value (`fallbacks`);
- as a random value next to a keyword or behind a prefix (`neighbours`, `random_runs`).

Secrets are also found in escaped text, between invisible characters and in base64 (`disguise`, `encoded`).

Redaction lowers the risk, but it does not make a log safe to publish. It misses secrets of an unknown format without a
keyword next to them. It also misses secrets that a program split across lines, except for private keys.
"""

from zigtui.commands.redaction.redactor import Redactor, is_independent

__all__ = ["Redactor", "is_independent"]
