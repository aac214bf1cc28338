"""The commented file with which a user begins."""

import textwrap

from zigtui.settings.declared import DECLARED

__all__ = ["template"]

_WIDTH = 88
_START = """\
# Settings of zigtui, in TOML. Those with a # in front have their default.
# zigtui config check reports faults, and zigtui config show the settings in use.
"""


def template() -> str:
    """All settings with their meanings and defaults, each commented out."""
    parts, section = [_START], ""
    for declared in DECLARED.values():
        if declared.section != section:
            section = declared.section
            parts.append(f"\n## {section}\n")
        meaning = "\n".join(_comment(declared.meaning))
        expected = "\n".join(_comment(f"Expects {declared.kind.expected}."))
        parts.append(f"\n{meaning}\n{expected}\n#{declared.key} = {declared.kind.written(declared.default)}\n")
    return "".join(parts)


def _comment(text: str) -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent="# ", subsequent_indent="# ", break_long_words=False, break_on_hyphens=False
    )
