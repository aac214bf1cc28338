"""Events as the lines that ``zig listen`` prints, to the byte, and which events these are."""

from collections.abc import Iterable, Iterator

import orjson

from zigtui.commands.terminal import safe_line
from zigtui.reader.lines.decode import Event, MalformedLineError, decode, integer, output, text, texts
from zigtui.reader.safe_text import safe_plain
from zigtui.reader.session.fold import Fold

__all__ = ["event_text", "safe_event", "told_events"]


def told_events(lines: Iterable[bytes], fold: Fold) -> Iterator[tuple[bytes, Event]]:
    """The events on some lines of a log, up to the end of the session, each with its line; each is folded too.

    Of malformed lines there is what can be saved of them.
    """
    for line in lines:
        if fold.session.has_ended:
            return
        try:
            event: Event | None = decode(line)
        except MalformedLineError as error:
            event = error.event
            line = b"" if event is None else orjson.dumps(event)
        if event is not None:
            fold.apply(event)
            yield line, event


def safe_event(event: Event) -> Event:
    """The event with each text made safe by itself, so that none can write over what stands before it."""
    return {name: _safe_value(name, value) for name, value in event.items()}


def _safe_value(name: str, value: object) -> object:
    if isinstance(value, str):
        return safe_line(value) if name == "line" else safe_plain(value)
    if isinstance(value, list):
        return [safe_plain(item) for item in value if isinstance(item, str)]
    return value


def event_text(event: Event) -> str | None:
    """The line for an event, without its newline; None for those that are not printed (heartbeats, unknown ones).

    Nothing is made safe here: the text is as recorded.
    """
    line = output(event)
    if line is not None:
        return f"[{line.step_name}] {line.text}"
    name = text(event, "step_name") or ""
    match event.get("type"):
        case "zig_session_started":
            tiers = integer(event, "tier_count") or 0
            plural = "tier" if tiers == 1 else "tiers"
            return f"▶ zig session started: {text(event, 'workflow_name') or ''} ({tiers} {plural})"
        case "tier_started":
            return f"── tier {(integer(event, 'tier_index') or 0) + 1} ({', '.join(texts(event, 'step_names'))})"
        case "step_started":
            model = text(event, "model")
            agent = f"zag {text(event, 'zag_command') or ''}" + (f" model={model}" if model is not None else "")
            return f"  running step '{name}' ({agent}, session={text(event, 'zag_session_id') or ''})..."
        case "step_completed":
            saved = texts(event, "saved_vars")
            note = f" (saved: {', '.join(saved)})" if saved else ""
            return f"  completed '{name}' in {integer(event, 'duration_ms') or 0}ms{note}"
        case "step_failed":
            return f"  step '{name}' failed (attempt {integer(event, 'attempt') or 0}): {text(event, 'error') or ''}"
        case "step_skipped":
            return f"  skipping '{name}' ({text(event, 'reason') or ''})"
        case "zig_session_ended":
            status = (text(event, "status") or "").capitalize()
            return f"■ zig session ended ({status}) in {integer(event, 'duration_ms') or 0}ms"
    return None
