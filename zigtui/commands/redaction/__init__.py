"""Redaction of secrets and personal paths in text that is to be shared.

    redactor = Redactor.of_here(paths_of_the_session)
    redactor.text(prompt)  # one text, of one line or several
    redactor.value(json_value)  # every text in it
    redact = redactor.stream()  # the lines of one stream in turn
    [redact(line) for line in lines]

Earlier lines of a stream affect later ones. To redact only the end of a stream, start at a line that `is_independent`,
and that has at least `Redactor.lookback` lines between it and the end: a private key is taken to end after that number
of lines.

The `redactor` applies the `rules` that its `prefilter` selects by a `word_index`, to `pieces` of long texts. Each rule
finds one kind of secret, in one of three ways:

- `by_format`: tokens, private keys and random values.
- `by_name`: the value of a key, a column or an argument, the default of a named value, a value next to a keyword.
- `by_position`: in a URL, a command, a login or a statement.

A new rule goes where the question "how would a reader know that this is a secret?" leads: by its own form, by the name
beside it, or by where it is. The docstrings of these packages say which module has which rules. Most rules are rows of
a table or calls of `pattern_rule`, and need nothing else but lines in the corpus of the tests.

`log_lines` masks whole logs without moving a byte: each line keeps its length.

Whether what they find is a secret is decided in `judging`. Secrets are also found in escaped text and between invisible
characters (`disguise`), and in base64.

Redaction lowers the risk, but it does not make a log safe to publish. It misses secrets of an unknown format without a
keyword next to them. It also misses secrets that a program split across lines, except for private keys.
"""

from zigtui.commands.redaction.redactor import Redactor, is_independent

__all__ = ["Redactor", "is_independent"]
