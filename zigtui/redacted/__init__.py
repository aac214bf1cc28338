"""Text of a session as others may see it: redacted by a `text_redactor`, and only as much of it as they are shown."""
