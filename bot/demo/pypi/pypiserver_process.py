"""A process of its own: the real pypiserver over one folder. It prints its port, and ends when its standard input does.

Run by its path and not as a module of this package, which would load much that it does not need.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pypiserver


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """The demonstration has a log of its own."""


def main(folder: str) -> None:
    """Serve until nobody holds the other end of standard input any more, however that came."""
    root = Path(folder)
    root.mkdir(parents=True, exist_ok=True)
    # Who may upload what is decided in front of it: it listens on loopback alone, and knows no tokens of projects.
    anybody = {"authenticate": [], "password_file": "."}
    index = pypiserver.app(roots=[root], hash_algo="sha256", disable_fallback=True, **anybody)
    with make_server("127.0.0.1", 0, index, handler_class=_Quiet) as server:
        sys.stdout.write(f"{server.server_port}\n")
        sys.stdout.flush()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1])
