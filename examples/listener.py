r"""A listener: handle each line of standard input as an event, all of them in one session.

    printf '%s\n' '{"text": "good morning"}' '{"text": ""}' | python examples/listener.py

An event is a JSON object with a ``text``. The answer to each is a JSON object on standard output, with a ``reply`` or
an ``error``. Other lines are reported on standard error, and leave no trace in the session.

The end of the input, Ctrl-C and SIGTERM end the session with success, and the exit code is 0. If the answers cannot be
written because their reader has gone, the session has failed, and the code is 1.
"""

import json
import os
import signal
import sys
from collections.abc import Iterator

from writer import Pass, SessionListener, SessionWriter, StepFailedError

_COUNT_WORDS = "import sys; print(len(sys.argv[1].split()), 'words')"


def main() -> int:
    """Handle events until the input ends."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # to stop as after Ctrl-C
    try:
        with SessionListener.start(SessionWriter.create("shouter", __file__, tier_count=2)) as session:
            for text in events():
                reply = None
                with session.pass_() as current:
                    reply = handle(current, text)
                answer = {"reply": reply} if current.error is None else {"error": str(current.error)}
                print(json.dumps(answer), flush=True)  # outside of the steps, so that a failure ends the listener
    except KeyboardInterrupt:
        return 0
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python writes once more as it exits
        return 1
    return 0


def events() -> Iterator[str]:
    """Yield the text of each event on standard input."""
    for number, line in enumerate(sys.stdin.buffer, 1):
        try:
            event = json.loads(line)
        except (ValueError, RecursionError) as error:
            print(f"line {number} is not JSON: {error}", file=sys.stderr)
            continue
        if isinstance(event, dict) and isinstance(event.get("text"), str):
            yield event["text"]
        else:
            print(f"line {number} is not an object with a text", file=sys.stderr)


def handle(current: Pass, text: str) -> str:
    """Run the workflow for one event, and return the reply."""
    with current.tier(["check"]) as tier, tier.step("check", prompt=text) as step:
        if not text.strip():
            raise StepFailedError("the text is empty")  # ends the pass, but not the listener
        step.output(f"{len(text)} characters")
    with current.tier(["count", "shout"]) as tier:
        with tier.step("count") as step:
            step.run([sys.executable, "-c", _COUNT_WORDS, text])
        if text.isupper():
            tier.step("shout").skip("the text is in upper case already")
        else:
            with tier.step("shout") as step:
                step.output(text.upper())
    return text.upper()


if __name__ == "__main__":
    sys.exit(main())
