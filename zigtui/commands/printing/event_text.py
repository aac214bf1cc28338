"""Events as the lines that ``zig listen`` prints, byte for byte."""

from collections.abc import Iterable, Iterator

from writer import EventType
from zigtui.commands.printing.terminal import safe_line
from zigtui.reader.lines.decode import Event, MalformedLineError, decode, integer, output, text, texts
from zigtui.reader.text.safe_text import safe_plain
from zigtui.safe_orjson import orjson

__all__ = ["decoded_events", "event_text", "safe_event"]


def decoded_events(lines: Iterable[bytes]) -> Iterator[tuple[bytes, Event]]:
    """Decode lines of a log, up to the end of the session.

    Args:
        lines: whole lines, without their newlines.

    Yields:
        Each line with its event. Instead of a malformed line, each event salvaged from it, as a line of its own.
    """
    for line in lines:
        try:
            events = [(line, decode(line))]
        except MalformedLineError as error:
            events = [(orjson.dumps(event), event) for _, event in error.found]
        for recorded, event in events:
            yield recorded, event
            if event.get("type") == EventType.SESSION_ENDED:
                return


def safe_event(event: Event) -> Event:
    """The event with each of its texts made safe separately, so that none can overwrite the text before it."""
    return {name: _safe_value(name, value) for name, value in event.items()}


def _safe_value(name: str, value: object) -> object:
    if isinstance(value, str):
        return safe_line(value) if name == "line" else safe_plain(value)
    if isinstance(value, list):
        return [safe_plain(item) for item in value if isinstance(item, str)]
    return value


def event_text(event: Event) -> str | None:
    """The line for an event, without its newline; None for heartbeats and unknown events.

    The text is as recorded, and not safe to print; see `safe_event`.
    """
    line = output(event)
    if line is not None:
        return f"[{line.step_name}] {line.text}"
    name = text(event, "step_name") or ""
    match event.get("type"):
        case EventType.SESSION_STARTED:
            tiers = integer(event, "tier_count") or 0
            plural = "tier" if tiers == 1 else "tiers"
            return f"▶ zig session started: {text(event, 'workflow_name') or ''} ({tiers} {plural})"
        case EventType.TIER_STARTED:
            return f"── tier {(integer(event, 'tier_index') or 0) + 1} ({', '.join(texts(event, 'step_names'))})"
        case EventType.STEP_STARTED:
            model = text(event, "model")
            agent = f"zag {text(event, 'zag_command') or ''}" + (f" model={model}" if model is not None else "")
            return f"  running step '{name}' ({agent}, session={text(event, 'zag_session_id') or ''})..."
        case EventType.STEP_COMPLETED:
            saved = texts(event, "saved_vars")
            note = f" (saved: {', '.join(saved)})" if saved else ""
            return f"  completed '{name}' in {integer(event, 'duration_ms') or 0}ms{note}"
        case EventType.STEP_FAILED:
            return f"  step '{name}' failed (attempt {integer(event, 'attempt') or 0}): {text(event, 'error') or ''}"
        case EventType.STEP_SKIPPED:
            return f"  skipping '{name}' ({text(event, 'reason') or ''})"
        case EventType.SESSION_ENDED:
            status = (text(event, "status") or "").capitalize()
            return f"■ zig session ended ({status}) in {integer(event, 'duration_ms') or 0}ms"
    return None
