"""The keys of the screen of one session."""

from textual.binding import Binding

__all__ = ["KEYS"]

KEYS = (
    Binding("escape", "end", "end", tooltip="end what was begun last"),
    Binding("escape", "go_back", "back"),
    Binding("tab", "next_pane", "pane"),
    Binding("shift+tab", "previous_pane", show=False),
    Binding("slash", "ask('/')", "search"),
    Binding("n", "next_match(1)", "next match", show=False),
    Binding("N", "next_match(-1)", "previous match", show=False),
    Binding("e", "next_failure(1)", "failure"),
    Binding("e", "look_for_failure(1)", "failure", show=False),
    Binding("E", "look_for_failure(-1)", "previous failure", show=False),
    Binding("F", "toggle_failed", "failed only", show=False),
    Binding("ampersand", "ask('&')", "filter lines", show=False),
    Binding("colon", "ask(':')", "go to a time or a line", show=False),
    Binding("f", "follow(True)", "follow"),
    Binding("f", "follow(False)", "stop following", show=False),
    Binding("w", "toggle_wrap", "wrap", show=False),
    Binding("t", "next_times", "times of lines", show=False),
    Binding("D", "toggle_dividers", "dividers", show=False),
    Binding("z", "show_tree(False)", "hide the tree", show=False),
    Binding("z", "show_tree(True)", "show the tree", show=False),
    Binding("T", "toggle_timeline", "timeline", show=False),
    Binding("i", "show_info", "info", show=False),
    Binding("y", "copy", "copy"),
    Binding("vertical_line", "pin(True)", "pin"),
    Binding("vertical_line", "pin(False)", "unpin"),
    Binding("enter", "toggle_full_screen", "full screen", show=False),
    Binding("o", "page_output", "output in $PAGER", show=False),
    Binding("O", "edit", "file or output in $EDITOR", show=False),
    Binding("o,O", "tell_of_no_programs", show=False),  # no description, so that the panel of keys has no row
    Binding("greater_than_sign", "ask_where_to_save", "save the output", show=False),
    Binding("x", "ask_how_to_export", "export the session", show=False),
)
