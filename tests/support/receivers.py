"""A receiver of OpenTelemetry for tests: it decodes what it gets as others do, and answers as a test wants."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from tests.support.traces import Trace, trace_of

__all__ = ["TestReceiver", "receiving"]


class TestReceiver:
    """What was received.

    Attributes:
        url: its URL, without the path for traces.
        status: the status of the next answers.
        location: the header ``Location`` of the next answers; empty for none.
        rejects: how many spans the next answers report as rejected.
        requests: the requests that were answered with 200.
        refused: the number of the others.
        pages: how often a page was requested.
        paths: the paths of all requests.
        headers: the headers of all requests, with names in lower case.
    """

    __test__ = False  # its name begins as that of a class of tests

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.status = 200
        self.location = ""
        self.rejects = 0
        self.requests: list[ExportTraceServiceRequest] = []
        self.refused = self.pages = 0
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []

    @property
    def trace(self) -> Trace:
        """All spans that were received."""
        return trace_of(list(self.requests))

    @property
    def names(self) -> list[str]:
        return [seen.name for seen in self.trace.spans]


@contextmanager
def receiving(port: int = 0) -> Iterator[TestReceiver]:
    """Run a receiver."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # an answer in two packets would wait for the first to be acknowledged

        def do_POST(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers["content-length"]))
            receiver.paths.append(self.path)
            receiver.headers.append(headers)
            answer = ExportTraceServiceResponse()
            status = receiver.status
            if status == 200:
                body = gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body
                receiver.requests.append(ExportTraceServiceRequest.FromString(body))
                answer.partial_success.rejected_spans = receiver.rejects
                answer.partial_success.error_message = "too old" if receiver.rejects else ""
            else:
                receiver.refused += 1
            data = answer.SerializeToString()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(data)))
            if receiver.location:
                self.send_header("Location", receiver.location)
            self.end_headers()
            self.wfile.write(data)

        def do_GET(self) -> None:
            """Answer with a page, as the login of a proxy does."""
            receiver.pages += 1
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        receiver = TestReceiver(server.server_port)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
