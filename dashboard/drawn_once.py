"""Charts are drawn once: Streamlit's own script draws each twice, the first time hidden, before it knows how wide the chart is.

Its chart waits for a width, but takes the ``-1`` that stands for "not measured" for one; and right after the first drawing it
gives Plotly an equal figure anew. On a page of five charts that is half of what a browser does after a change of the filter. So
two places of the script are sent changed. They are looked for letter for letter: in a version of Streamlit that lacks them the
script is sent as it is, and charts are drawn twice again (a test tells).
"""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

SCRIPT = "/static/js/PlotlyChart."
CHANGES = (
    (b"return t?i(Je,", b"return t>0?i(Je,"),
    (
        b"(0,P.useEffect)(()=>{F(t=>Le(t,e.theme,c))},[e.id,c,e.theme])",
        b"(drawn=>(0,P.useEffect)(()=>{(drawn.current[0]!==e.id||drawn.current[1]!==c)&&F(t=>Le(t,e.theme,c)),"
        b"drawn.current=[e.id,c]},[e.id,c,e.theme]))((0,P.useRef)(t.getElementState(e.id,`figure`)?[]:[e.id,c]))",
    ),
)
"""What is looked for, and what is sent in its place: a chart without a width waits; a figure just made is not made again."""


def changed(script: bytes) -> bytes:
    """Return the script that draws once; the same script where one of the places is not there, or is there twice."""
    if any(script.count(before) != 1 for before, _ in CHANGES):
        return script
    for before, after in CHANGES:
        script = script.replace(before, after)
    return script


class DrawnOnce:
    """Sends Streamlit's script of charts changed; every other answer passes untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or SCRIPT not in scope["path"]:
            await self.app(scope, receive, send)
            return
        # Streamlit compresses by itself what a browser accepts compressed, and then there is no text to change.
        asked = [(name, value) for name, value in scope["headers"] if name not in (b"accept-encoding", b"range")]
        start: Message = {}
        parts: list[bytes] = []

        async def send_changed(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))
                if not message.get("more_body"):
                    await self.finish(start, b"".join(parts), send)

        await self.app({**scope, "headers": asked}, receive, send_changed)

    async def finish(self, start: Message, body: bytes, send: Send) -> None:
        """Send the collected answer, changed."""
        body = changed(body)
        stale = (b"content-length", b"etag", b"last-modified", b"accept-ranges")
        headers = [(name, value) for name, value in start["headers"] if name not in stale]
        headers.append((b"content-length", str(len(body)).encode()))
        await send({**start, "headers": headers})
        await send({"type": "http.response.body", "body": body})
