"""How HTTP answers leave the server."""

from __future__ import annotations

import socket
from typing import Any

from gevent.pywsgi import WSGIHandler


class AtOnce(WSGIHandler):
    """Sends what is written at once.

    The head of an answer and its body are two writes. Without TCP_NODELAY the second waits until
    the caller has acknowledged the first (RFC 896), which callers put off for 40 ms (RFC 1122,
    4.2.3.2).
    """

    def __init__(self, sock: Any, address: Any, server: Any, rfile: Any = None) -> None:
        """As gevent makes one for each connection."""
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().__init__(sock, address, server, rfile)  # type: ignore[call-arg]  # gevent has no types
