"""Sessions as traces of OpenTelemetry.

A session is a trace, whose id is that of the session without the dashes. Its spans are the session, the passes of a
listener, the tiers, the step runs, and the attempts of those that failed at least once. Failed attempts have an
``exception`` event. A session that was begun inside a step of another one links to the span of that session.

All ids follow from the id of the session and the position in its log: exporting it again gives the same ones. Only
what has ended is a span, since a span cannot be corrected afterwards. So the passes of a listener, which may run for
days, come long before the span of the session that they are parts of.

`span` is the model, without any library. `session_trace` makes spans of a snapshot, `json_request` encodes them as
OTLP/JSON.
"""
