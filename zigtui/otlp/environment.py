"""What the environment variables of OpenTelemetry ask for."""

import os

__all__ = ["captures_content"]

_CAPTURE = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"


def captures_content() -> bool:
    """Whether spans should have prompts. The variable is the one that all instrumentation of generative AI heeds."""
    return os.environ.get(_CAPTURE, "").strip().lower() in ("true", "1", "span_only", "span_and_event")
