"""What is sent leaves at once: without it a small answer waits up to 40 ms for the browser to confirm the one before.

The system may hold back a small packet until the last one is confirmed (Nagle), and the other side may wait with its confirmation
(delayed acknowledgement). Python's event loop switches that off for sockets it knows to be TCP; Streamlit binds its socket without
naming the protocol, so for its connections it stays on. An answer is sent as head and body, a change of the filter as a hundred
small messages, so this was the greater part of a short wait.
"""

from __future__ import annotations

import socket
from contextlib import suppress

from starlette.types import ASGIApp, Receive, Scope, Send


class AtOnce:
    """Switches the holding back off for each connection that something is asked over; nothing else is touched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            hurry(receive)
        await self.app(scope, receive, send)


def hurry(receive: object) -> None:
    """Switch it off for the connection behind ``receive``, which belongs to the server's own object of it, if it tells its socket."""
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    connection = transport.get_extra_info("socket") if hasattr(transport, "get_extra_info") else None
    if connection is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
        with suppress(OSError):  # closed meanwhile
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
