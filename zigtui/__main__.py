"""The entry point of ``zigtui`` and ``python -m zigtui``. Ctrl-C ends the program quietly even during imports."""

try:
    import gc
    import os
    import signal
    from types import FrameType

    from zigtui.exit_codes import ExitCode
except KeyboardInterrupt:
    raise SystemExit(130) from None  # ExitCode.INTERRUPTED, which may not have been imported yet


def main() -> None:
    """Run the command line."""
    default = signal.default_int_handler
    is_default = signal.getsignal(signal.SIGINT) is default  # not if a shell runs it in the background
    if is_default:
        signal.signal(signal.SIGINT, _exit_at_once)
    if hasattr(signal, "SIGCHLD") and signal.getsignal(signal.SIGCHLD) is signal.SIG_IGN:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # inherited: the exit codes of programs would be lost
    gc.disable()  # nothing that an import creates is garbage
    from zigtui.cli import main as run

    gc.freeze()  # and it need not be searched for garbage later
    gc.enable()
    try:
        if is_default:
            signal.signal(signal.SIGINT, default)
        run()
    finally:
        if is_default:
            signal.signal(signal.SIGINT, signal.SIG_DFL)


def _exit_at_once(signal_number: int, frame: FrameType | None) -> None:
    """End the process on Ctrl-C while modules are imported, when there is nothing to clean up."""
    os._exit(ExitCode.INTERRUPTED)


if __name__ == "__main__":
    main()
