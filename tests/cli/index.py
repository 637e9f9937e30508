"""A package index on localhost for commands that run in this process or beside it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, kw_only=True)
class LocalIndex:
    """`asked` holds the paths that were asked for; `silent` makes it take requests and never answer."""

    url: str
    asked: list[str] = field(default_factory=list)
    arrived: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)


@contextmanager
def index(projects: Mapping[str, str] | None = None, *, silent: bool = False) -> Iterator[LocalIndex]:
    """An index that knows `projects`: normalised name -> home page; every other name is free."""
    known = projects or {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            local.asked.append(self.path)
            local.arrived.set()
            if silent:
                local.over.wait()
                self.close_connection = True
                return
            page = known.get(self.path.split("/")[2])
            self.send_response(404 if page is None else 200)
            body = b"" if page is None else json.dumps({"info": {"home_page": page}}).encode()
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    local = LocalIndex(url=f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield local
    finally:
        local.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
