"""Answers of Streamlit's own server that leave changed: collected whole, another body put in, and the headers that go with it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

STALE = (b"content-length", b"etag", b"last-modified", b"accept-ranges")
"""Headers that are no longer true of another body."""
ASKED_AGAIN = b"public, max-age=0, must-revalidate"
"""A file whose address lasts is Streamlit's; what we make of it may be another in our next version, so a browser asks each time
whether what it has is still the same."""
Change = Callable[[Mapping[bytes, bytes], bytes], bytes]
"""Headers and body → the body to send; the very same one where nothing is to be changed."""


class Changed:
    """Sends the answers to what ``is_wanted`` changed; every other answer passes untouched."""

    def __init__(self, app: ASGIApp, is_wanted: Callable[[str], bool], change: Change) -> None:
        self.app = app
        self.is_wanted = is_wanted
        self.change = change

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or not self.is_wanted(scope["path"]):
            await self.app(scope, receive, send)
            return
        # Streamlit compresses by itself what a browser accepts compressed, and then there is no text to change.
        asked = [(name, value) for name, value in scope["headers"] if name not in (b"accept-encoding", b"range")]
        start: Message = {}
        parts: list[bytes] = []

        async def collect(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))
                if not message.get("more_body"):
                    await self.finish(start, b"".join(parts), send)

        await self.app({**scope, "headers": asked}, receive, collect)

    async def finish(self, start: Message, body: bytes, send: Send) -> None:
        """Send the collected answer."""
        headers = list(start["headers"])
        changed = self.change(dict(headers), body)
        if changed is not body:
            headers = [(name, value) for name, value in headers if name not in STALE]
            headers.append((b"content-length", str(len(changed)).encode()))
            if is_lasting(dict(headers)):
                etag = f'"{hashlib.sha256(changed).hexdigest()[:32]}"'.encode()
                headers = [(name, value) for name, value in headers if name != b"cache-control"]
                headers += [(b"cache-control", ASKED_AGAIN), (b"etag", etag)]
        await send({**start, "headers": headers})
        await send({"type": "http.response.body", "body": changed})


def is_lasting(headers: Mapping[bytes, bytes]) -> bool:
    """Tell whether an answer stays the same for as long as this process runs."""
    told = headers.get(b"cache-control", b"")
    return b"immutable" in told or told == ASKED_AGAIN
