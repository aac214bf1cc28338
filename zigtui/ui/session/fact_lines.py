"""Facts as lines with headings. Only the lines on the screen are drawn."""

from bisect import bisect_right
from collections.abc import Hashable, Iterator, Sequence

from zigtui.reader.lines.decode import Output
from zigtui.ui.copying import joined, plain_text
from zigtui.ui.output.dividers.dividers import Divider, KnownDividers
from zigtui.ui.widgets.drawing import one_line
from zigtui.wording.facts import Fact, Section

__all__ = ["FactLines", "FactSections"]

_LONGEST_PIECE = 2000  # characters of a line, which is drawn at once


class FactLines:
    """The lines of facts. Their labels are displayed as the names of steps are beside output."""

    def __init__(self) -> None:
        self._sections: Sequence[Section] = ()
        self._facts: list[Fact] = []
        self._first_lines: list[int] = [0]  # of each fact, and the number of all lines
        self._texts: list[str] = []
        self._pieces: dict[str, list[str]] = {}  # of each text, kept since a prompt may be long
        self._dividers = FactSections([], [])

    def replace(self, sections: Sequence[Section]) -> bool:
        """Take other facts; return whether they differ from those before."""
        if sections == self._sections:
            return False
        self._sections = sections
        self._facts = [fact for section in sections for fact in section.facts]
        self._pieces = {fact.text: self._pieces.get(fact.text) or _pieces(fact.text) for fact in self._facts}
        self._texts, self._first_lines = [], [0]
        for fact in self._facts:
            self._texts += self._pieces[fact.text]
            self._first_lines.append(len(self._texts))
        firsts, number = [], 0
        for section in sections:
            firsts.append(self._first_lines[number])
            number += len(section.facts)
        self._dividers = FactSections([section.title for section in sections], firsts)
        return True

    @property
    def headings(self) -> "FactSections":
        """The headings between the lines."""
        return self._dividers

    def __len__(self) -> int:
        return len(self._texts)

    def line(self, number: int) -> Output | None:
        """Return a line; see `LineSource`."""
        if not 0 <= number < len(self._texts):
            return None
        return Output(self._facts[self._number_of(number)].label, False, self._texts[number], None)

    def fact_at(self, line: int) -> Fact | None:
        """The fact that a line belongs to; None if there is none."""
        return self._facts[self._number_of(line)] if 0 <= line < len(self._texts) else None

    def whole_text(self, most: int) -> str:
        """All facts with their labels and headings, without control sequences. Ends soon after ``most`` characters."""
        return joined(self._all_texts(most), most)

    def _all_texts(self, most: int) -> Iterator[str]:
        for section in self._sections:
            yield f"{plain_text(section.title)}:"
            for fact in section.facts:
                text = plain_text(fact.text, most)
                yield f"{fact.label}: " + ("\n" * ("\n" in text)) + text

    def next_fact(self, line: int, direction: int) -> int:
        """The first line of the next fact (1) or the previous one (-1), going round at the ends."""
        if not self._facts:
            return 0
        return self._first_lines[(self._number_of(line) + direction) % len(self._facts)]

    def _number_of(self, line: int) -> int:
        return bisect_right(self._first_lines, line) - 1


class FactSections(KnownDividers):
    """The headings of sections, as dividers between lines.

    Args:
        titles: the headings.
        first_lines: the number of lines above each of them.
    """

    def __init__(self, titles: Sequence[str], first_lines: Sequence[int]) -> None:
        self._titles = titles
        self._first_lines = first_lines
        self.variant: Hashable = (tuple(titles), tuple(first_lines))

    def __len__(self) -> int:
        return len(self._titles)

    def line_of(self, number: int) -> int:
        """The number of lines above a heading."""
        return self._first_lines[number]

    def divider(self, number: int) -> Divider:
        """A heading; see `Dividers`."""
        return Divider(one_line(self._titles[number]))


def _pieces(text: str) -> list[str]:
    """The lines of a text. Long ones are divided, so that each is quick to draw."""
    return [
        line[start : start + _LONGEST_PIECE]
        for line in text.strip("\r\n").split("\n")
        for start in range(0, max(1, len(line)), _LONGEST_PIECE)
    ]
