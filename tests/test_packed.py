"""A file is compressed once and is then the same from memory, with its headers; nothing else is ever kept."""

from __future__ import annotations

import asyncio
import gzip
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message

from dashboard import packed
from dashboard.asgi import HEADERS, SecurityHeaders
from dashboard.packed import Packed

BODY = b"const numbers = [1, 2, 3];\n" * 200
LASTING = "public, immutable, max-age=31536000"
PATHS = ("/static/lasting.js", "/static/more-lasting.js", "/static/other.js", "/lasting")


class Server:
    """A server of files and a page, and the list of what was asked of it and not answered from memory."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        layers = [Middleware(SecurityHeaders), Middleware(Packed), Middleware(GZipMiddleware, minimum_size=1024)]
        self.app = Starlette(routes=[Route(path, self.made) for path in PATHS], middleware=layers)

    async def made(self, request: Request) -> Response:
        self.asked.append(request.url.path)
        headers = {"etag": '"one"', "cache-control": LASTING if "lasting" in request.url.path else "no-cache"}
        return Response(BODY, media_type="text/javascript", headers=headers)

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Ask as a browser does; give the status, the headers and the body as it was sent."""
        told: list[Message] = []
        path, _, query = path.partition("?")
        wanted = {"accept-encoding": "gzip, br", **{name.replace("_", "-"): value for name, value in headers.items()}}
        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in wanted.items()],
        }

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            told.append(message)

        # In a thread of its own: a browser test before this one in the same process leaves its loop running in the main one.
        with ThreadPoolExecutor(1) as aside:
            aside.submit(asyncio.run, self.app(scope, receive, send)).result()
        given = {name.decode(): value.decode() for name, value in told[0]["headers"]}
        return told[0]["status"], given, b"".join(part.get("body", b"") for part in told[1:])


def test_the_second_answer_is_the_first_and_is_not_compressed_again():
    server = Server()
    first, second = server.get("/static/lasting.js"), server.get("/static/lasting.js")
    assert server.asked == ["/static/lasting.js"]
    assert first[2] == second[2]
    assert gzip.decompress(second[2]) == BODY
    for name in ("content-encoding", "content-length", "etag", "cache-control", "vary", "content-type", *HEADERS):
        assert second[1][name] == first[1][name], name
    assert second[1]["content-encoding"] == "gzip"
    assert int(second[1]["content-length"]) == len(second[2]) < len(BODY)


def test_a_browser_that_has_the_file_is_told_so():
    server = Server()
    server.get("/static/lasting.js")
    status, headers, body = server.get("/static/lasting.js", if_none_match='"other", "one"')
    assert (status, body, headers["etag"]) == (304, b"", '"one"')
    assert headers["content-security-policy"]
    assert server.get("/static/lasting.js", if_none_match='"older"')[0] == 200
    assert server.asked == ["/static/lasting.js"]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/static/other.js", {}),
        ("/lasting", {}),
        ("/static/lasting.js?a=1", {}),
        ("/static/lasting.js", {"accept_encoding": "identity"}),
        ("/static/lasting.js", {"range": "bytes=0-9"}),
    ],
)
def test_what_may_change_or_is_asked_otherwise_is_never_kept(path, headers):
    server = Server()
    for _ in (1, 2):
        assert server.get(path, **headers)[0] == 200
    assert len(server.asked) == 2


def test_a_file_that_is_not_there_is_not_kept():
    server = Server()
    assert [server.get("/static/none.js")[0] for _ in (1, 2)] == [404, 404]


def test_memory_has_an_end(monkeypatch):
    monkeypatch.setattr(packed, "MOST_BYTES", len(gzip.compress(BODY)) + 30)
    server = Server()
    for path in ("/static/lasting.js", "/static/more-lasting.js") * 2:
        assert gzip.decompress(server.get(path)[2]) == BODY
    assert server.asked == ["/static/lasting.js", "/static/more-lasting.js", "/static/more-lasting.js"]
