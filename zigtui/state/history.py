"""The last prompts of one kind, such as searches, shared by all zigtui of a user."""

from zigtui.state.store import Content, StateStore

__all__ = ["MAX_ENTRIES", "History"]

MAX_ENTRIES = 100
_LONGEST_ENTRY = 1000  # characters


class History:
    """The last `MAX_ENTRIES` different texts, oldest first.

    Args:
        store: where they are kept; None to keep them only as long as the program runs.
        name: the name of the file in the store.
    """

    def __init__(self, store: StateStore | None, name: str) -> None:
        self._store = store
        self._name = name
        self._entries = [] if store is None else _entries(store.load(name))

    @property
    def entries(self) -> list[str]:
        """The texts, oldest first: those that were kept when the program started, and those added since."""
        return list(self._entries)

    def add(self, text: str) -> None:
        """Add a text as the newest one. Empty and very long ones are not kept."""
        if not text.strip() or len(text) > _LONGEST_ENTRY:
            return
        self._entries = _added(self._entries, text)
        if self._store is not None:
            self._store.update_later(
                self._name, lambda content: {**content, "entries": _added(_entries(content), text)}
            )


def _added(entries: list[str], text: str) -> list[str]:
    return [*(entry for entry in entries if entry != text), text][-MAX_ENTRIES:]


def _entries(content: Content) -> list[str]:
    entries = content.get("entries")
    return [entry for entry in entries if isinstance(entry, str)] if isinstance(entries, list) else []
