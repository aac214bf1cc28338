"""Texts of the help that belong to no command. For exit codes, see `zigtui.exit_codes.MEANINGS`."""

__all__ = ["ENVIRONMENT", "FILES"]

ENVIRONMENT = (
    ("ZIGTUI_BASE", "the base directories, separated by colons, where --base is not given"),
    ("ZIGTUI_SESSION", "the session that record step, tier, skip and end add to, as set by record start"),
    ("ESCDELAY", "milliseconds after which an escape character is the Escape key; 25 by default"),
    ("NO_COLOR", "if set, output has no colours"),
    ("HOME", "the default base is .zig in this directory"),
    ("XDG_CONFIG_HOME", "the settings are zigtui/config.toml in this directory"),
    ("XDG_STATE_HOME", "the debug log is zigtui/zigtui.log in this directory"),
    ("XDG_DATA_HOME", "the default directory of fleet serve is zigtui/fleet in this directory"),
    ("XDG_CACHE_HOME", "the mirrored logs of fleets are in zigtui/fleet in this directory"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "where ship --otlp sends traces if it is given no URL"),
    ("TZ", "the time zone of dates and times"),
    ("_ZIGTUI_COMPLETE", "the shell whose completion script is printed: bash_source, zsh_source or fish_source"),
)
"""The environment variables, with what each means."""

FILES = (
    ("~/.zig", "the default base"),
    ("BASE/projects/PROJECT/logs/sessions/ID.jsonl", "the log of a session, one event per line"),
    ("BASE/logs/sessions/ID.jsonl", "the same, for a session outside any git repository"),
    ("BASE/projects/PROJECT/logs/index.json", "the index of a project"),
    ("BASE/sessions_index.json", "the index of all projects"),
    ("~/.config/zigtui/config.toml", "your settings on Linux, if XDG_CONFIG_HOME is not set"),
    ("~/.local/state/zigtui/choices.json", "what you have chosen on the screen, if XDG_STATE_HOME is not set"),
    ("~/.local/state/zigtui/ship.json", "how far zigtui ship has sent each log, if XDG_STATE_HOME is not set"),
    ("~/.local/state/zigtui/otlp-*.jsonl", "what zigtui ship --otlp has sent, if XDG_STATE_HOME is not set"),
    ("~/.local/state/zigtui/fleets", "the tokens of the fleets that you watch, if XDG_STATE_HOME is not set"),
    ("~/.cache/zigtui/fleet", "the mirrored logs of these fleets on Linux, if XDG_CACHE_HOME is not set"),
    ("~/.local/state/zigtui/serve.token", "the token of zigtui serve, if XDG_STATE_HOME is not set"),
    ("~/.local/share/zigtui/fleet", "the directory of fleet serve on Linux, if XDG_DATA_HOME is not set"),
    ("~/.local/state/zigtui/zigtui.log", "the debug log on Linux, if XDG_STATE_HOME is not set"),
)
"""The files that the program reads and writes, with what each is."""
