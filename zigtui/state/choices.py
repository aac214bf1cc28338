"""What the user has chosen on a screen. It holds for the next screens, and after the next start."""

from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

from zigtui.settings.declared import DECLARED, Settings
from zigtui.settings.kinds import Kind, OneOf, Switch, UnfitValueError
from zigtui.state.store import Change, Content

__all__ = ["SORTS", "TREES", "Choice", "ChoiceStore", "Choices"]

SORTS = ("newest", "duration", "cost", "state", "workflow", "machine")
"""What the list can be sorted by. The first is the default."""

TREES = ("always", "wide", "never")
"""When the tree is displayed: what is hidden for lack of room is there again where there is room."""

T = TypeVar("T")

_FILE = "choices"
_VALUE, _INSTEAD = "value", "instead_of"  # the fields of a choice in the file


class ChoiceStore(Protocol):
    """Where choices are kept, such as a `StateStore`."""

    def load(self, name: str) -> Content:
        """What is kept under a name."""

    def update_later(self, name: str, change: Change) -> None:
        """Change what is kept under a name, now or soon."""


class Choice(Generic[T]):
    """Something that the user may choose.

    Attributes:
        value: what is chosen now.
        is_default: whether that is the default, which the settings may change.
    """

    def __init__(self, value: T, default: T, keep: Callable[[T], object]) -> None:
        self.value = value
        self._default = default
        self._keep = keep

    @property
    def is_default(self) -> bool:
        """Whether the default is chosen."""
        return self.value == self._default

    def choose(self, value: T) -> None:
        """Choose a value, and keep it for the next start."""
        if value != self.value:
            self.value = value
            self._keep(value)


class Choices:
    """All choices. What was chosen on a screen takes precedence over a setting, until the setting is changed.

    To add a choice, add an attribute.

    Args:
        settings: the user's settings, which are the defaults.
        store: where choices are kept; None to keep them only as long as the program runs.

    Attributes:
        theme: the name of the theme.
        preview: where the list previews the chosen session; the values are those of the setting.
        wraps: whether long lines of output are wrapped.
        times: the times beside the lines; the values are those of the setting.
        shows_dividers: whether dividers are displayed between the lines of output.
        tree: when the tree of a session is displayed beside its output, one of `TREES`.
        sort: what the list is sorted by.
        only_project: whether the list has only the sessions of the current project, if there is one.
    """

    def __init__(self, settings: Settings, store: ChoiceStore | None = None) -> None:
        self._settings = settings
        self._store = store
        self._kept = {} if store is None else store.load(_FILE)
        self._of_settings: dict[str, Choice[Any]] = {}
        self.theme: Choice[str] = self._of_setting("theme")
        self.preview: Choice[str] = self._of_setting("preview")
        self.wraps: Choice[bool] = self._of_setting("wrap")
        self.times: Choice[str] = self._of_setting("times")
        self.shows_dividers: Choice[bool] = self._of_setting("dividers")
        self.tree: Choice[str] = self._choice("tree", TREES[0], OneOf(*TREES))
        self.sort: Choice[str] = self._choice("sort", SORTS[0], OneOf(*SORTS))
        self.only_project: Choice[bool] = self._choice("project", False, Switch())

    def of_setting(self, key: str) -> Choice[Any] | None:
        """The choice that takes precedence over a setting; None if there is none."""
        return self._of_settings.get(key)

    def _of_setting(self, key: str) -> Choice[Any]:
        declared = DECLARED[key]
        choice = self._choice(key, getattr(self._settings, declared.attribute), declared.kind)
        self._of_settings[key] = choice
        return choice

    def _choice(self, name: str, default: T, kind: Kind[T]) -> Choice[T]:
        """A choice with its kept value, unless that is unfit or the default is no longer the one it replaced."""
        value, kept = default, self._kept.get(name)
        if isinstance(kept, dict) and kept.get(_INSTEAD) == default:
            try:
                value = kind.parse(kept.get(_VALUE))
            except UnfitValueError:
                value = default
        return Choice(value, default, lambda chosen: self._keep(name, chosen, default))

    def _keep(self, name: str, value: object, default: object) -> None:
        def change(content: Content) -> Content:
            if value == default:
                content.pop(name, None)
            else:
                content[name] = {_VALUE: value, _INSTEAD: default}
            return content

        if self._store is not None:
            self._store.update_later(_FILE, change)
