"""Send the traces of sessions to a receiver of OpenTelemetry as they end.

`trace_shipper` follows a catalog and decides what is sent, `due` which parts of a session that are. `batches` divides
spans among requests. `receiver` sends them by the exporter of the OpenTelemetry SDK, `endpoint` is its URL, and `notes`
have what was sent before.
"""
