"""The keys of the screen of all sessions."""

from textual.binding import Binding

__all__ = ["ACTIONS_OF_LETTERS", "KEYS", "MISSING"]

MISSING = {
    "show_machines": "There are no machines: zigtui --fleet NAME displays those of a team",
    "limit_to_project": "There is no project here: filter by project:NAME instead",
}
"""Why actions have no effect if what they act on is missing."""

KEYS = (
    Binding("slash", "filter", "filter"),
    Binding("escape", "end_filter", "end filter"),
    Binding("M", "show_machines", "machines"),
    Binding("M", "explain('show_machines')", "machines", show=False),
    Binding("s", "sort", "sort"),
    Binding("p", "limit_to_project(True)", "this project"),
    Binding("p", "limit_to_project(False)", "all projects"),
    Binding("p", "explain('limit_to_project')", "this project", show=False),
    Binding("v", "next_preview", "preview"),
    Binding("e", "next_failure(1)", "next failure", show=False),
    Binding("E", "next_failure(-1)", "previous failure", show=False),
    Binding("u", "next_new", "next new session", show=False),
    Binding("U", "mark_all_seen", "mark all as seen", show=False),
    Binding("y", "copy", "copy"),
)
ACTIONS_OF_LETTERS = {key.action.partition("(")[0] for key in KEYS if key.key != "escape"}
"""Actions of keys that are text while the user types a filter: letters and the slash."""
