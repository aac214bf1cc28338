"""The most informative line of an error, redacted."""

from zigtui.reader.session.model.informative_line import informative_line
from zigtui.redacted.text_redactor import TextRedactor

__all__ = ["redacted_error_line"]

_CHARACTERS = 16 * 1024  # at either end of an error


def redacted_error_line(error: str, redactor: TextRedactor) -> str:
    """The most informative line of an error, redacted; empty if there is none.

    It is redacted with the lines around it, which may be what shows that it is a secret.
    """
    if len(error) > 2 * _CHARACTERS:  # the second part begins with a whole line
        *_, end = error[-_CHARACTERS:].partition("\n")
        error = f"{error[:_CHARACTERS]}\n{end}"
    return informative_line("\n".join(map(redactor.stream(), error.split("\n"))))
