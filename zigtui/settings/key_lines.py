"""Find the lines of a TOML file on which its keys are: `tomllib` does not report them."""

import re
import tomllib
from collections.abc import Iterator

__all__ = ["begun_key", "key_lines"]

_BEGUN = re.compile(r"""\s*(?:\[{1,2}\s*)?(?:"([^"\\]*)"|'([^']*)'|([A-Za-z0-9_-]+))""")
_TOKEN = re.compile(
    r"""
    (?P<text>
        "{3} (?: [^"\\] | \\. | "{1,2} (?!") )*+ "{3,5}
      | '{3} (?: [^'] | '{1,2} (?!') )*+ '{3,5}
      | " (?: [^"\\\n] | \\. )*+ "
      | '[^'\n]*+'
    )
    | \#[^\n]*+
    | (?P<open> [\[{] )
    | (?P<close> [\]}] )
    | (?P<end> \n )
    """,
    re.VERBOSE | re.DOTALL,
)


def key_lines(text: str) -> dict[str, int]:
    """The lines, from 1, on which the keys of the top level first occur, also as the first part of other keys.

    Args:
        text: a valid TOML file.
    """
    found: dict[str, int] = {}
    table: str | None = None
    for number, statement in _statements(text):
        content = tomllib.loads(statement)
        if statement.lstrip().startswith("["):
            table = next(iter(content))
        for key in [table] if table is not None else content:
            found.setdefault(key, number)
    return found


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Yield the number of the first line of each statement, and its text.

    A statement ends with a line unless a text in several lines, a list or an inline table goes on.
    """
    begun, depth, number = 0, 0, 1
    for token in _TOKEN.finditer(text + "\n"):
        depth += (token["open"] is not None) - (token["close"] is not None)
        if token["end"] is not None and not depth:
            statement = text[begun : token.start()]
            if statement.strip() and not statement.lstrip().startswith("#"):
                yield number, statement
            number += text.count("\n", begun, token.end())
            begun = token.end()


def begun_key(line: str) -> str | None:
    """The key with which a line begins that may be invalid; None if it begins with none."""
    match = _BEGUN.match(line)
    return next((part for part in match.groups() if part is not None), None) if match else None
