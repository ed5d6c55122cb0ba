"""The files of the pages, compressed once: a fresh browser asks for a hundred of them, and each is always the same.

Streamlit's scripts, styles and fonts carry a hash of what they hold in their names, so what was sent compressed once can be
sent again as it is, with the same headers. Nothing else is kept: no page, no upload, nothing of a company.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.changed import is_lasting

FILES = "/static/"
MOST_BYTES = 32_000_000
"""Of all that is kept; all of Streamlit's files compressed are a third of it."""
AGAIN = (b"etag", b"cache-control", b"vary", b"last-modified")
"""What an answer says of itself to a browser that has the file already."""
Header = tuple[bytes, bytes]


class Packed:
    """Answers a request for a file from memory when the file was sent compressed before; every other answer passes untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.kept: dict[str, tuple[Message, bytes]] = {}
        self.size = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not may_keep(scope):
            await self.app(scope, receive, send)
            return
        known = self.kept.get(scope["path"])
        if known is not None:
            await answer(known, scope, send)
            return
        start: Message = {}
        parts: list[bytes] = []

        async def send_kept(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))
                if not message.get("more_body"):
                    self.keep(scope["path"], start, b"".join(parts))
            await send(message)

        await self.app(scope, receive, send_kept)

    def keep(self, path: str, start: Message, body: bytes) -> None:
        """Keep an answer that never changes, while there is room."""
        headers = dict(start.get("headers", []))
        if (
            start.get("status") != 200
            or not is_lasting(headers)
            or path in self.kept
            or self.size + len(body) > MOST_BYTES
        ):
            return
        others = [
            (name, value) for name, value in start["headers"] if name not in (b"content-length", b"accept-ranges")
        ]
        whole = {**start, "headers": [*others, (b"content-length", str(len(body)).encode())]}
        self.kept[path] = whole, body
        self.size += len(body)


def may_keep(scope: Scope) -> bool:
    """Tell whether a request is for a whole file that may come compressed."""
    if (
        scope["type"] != "http"
        or scope["method"] != "GET"
        or not scope["path"].startswith(FILES)
        or scope["query_string"]
    ):
        return False
    asked = dict(scope["headers"])
    return b"gzip" in asked.get(b"accept-encoding", b"") and b"range" not in asked


async def answer(known: tuple[Message, bytes], scope: Scope, send: Send) -> None:
    """Send what is kept; of a file that the browser has, only that it is the same."""
    start, body = known
    tags = [tag.strip() for tag in dict(scope["headers"]).get(b"if-none-match", b"").split(b",")]
    etag = dict(start["headers"]).get(b"etag")
    if etag is not None and etag in tags:
        same: list[Header] = [(name, value) for name, value in start["headers"] if name in AGAIN]
        await send({**start, "status": 304, "headers": same})
        await send({"type": "http.response.body", "body": b""})
        return
    await send(start)
    await send({"type": "http.response.body", "body": body})
