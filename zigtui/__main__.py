"""The program ``zigtui``, also as ``python -m zigtui``: quiet from the start when it is interrupted."""

try:
    import os
    import signal
    from types import FrameType
except KeyboardInterrupt:
    raise SystemExit(130) from None

_INTERRUPTED = 130


def main() -> None:
    """Run the command line."""
    default = signal.default_int_handler
    is_default = signal.getsignal(signal.SIGINT) is default  # not where a shell runs it in the background
    if is_default:
        signal.signal(signal.SIGINT, _leave)
    from zigtui.cli import main as run

    try:
        if is_default:
            signal.signal(signal.SIGINT, default)
        run()
    finally:
        if is_default:
            signal.signal(signal.SIGINT, signal.SIG_DFL)


def _leave(signal_number: int, frame: FrameType | None) -> None:
    """Nothing has been done yet that would have to be undone."""
    os._exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
