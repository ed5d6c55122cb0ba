"""What is sent leaves at once: the connections of the server that Streamlit binds do not hold small packets back."""

from __future__ import annotations

import asyncio
import socket
import threading
import urllib.request

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from dashboard.asgi import make_app
from dashboard.at_once import AtOnce, hurry


class Listening:
    """A server on a socket as Streamlit binds it, without naming the protocol; it answers whether packets are held back."""

    def __init__(self, app: object) -> None:
        self.socket = socket.socket(socket.AF_INET)
        self.socket.bind(("127.0.0.1", 0))
        self.server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        self.thread = threading.Thread(target=lambda: asyncio.run(self.server.serve(sockets=[self.socket])))

    def __enter__(self) -> str:
        self.thread.start()
        while not self.server.started:
            pass
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}/"

    def __exit__(self, *told: object) -> None:
        self.server.should_exit = True
        self.thread.join(10)


async def nodelay(scope: Scope, receive: Receive, send: Send) -> None:
    own = receive.__self__.transport.get_extra_info("socket")
    answer = str(own.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1")]})
    await send({"type": "http.response.body", "body": answer})


def test_a_connection_over_which_something_is_asked_holds_nothing_back():
    with Listening(AtOnce(nodelay)) as url, urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own server
        assert answer.read() == b"1"  # without AtOnce it is 0 in Python 3.11 with uvicorn 0.54


def test_the_server_of_the_pages_switches_it_off_before_anything_else():
    assert make_app()._user_middleware[0].cls is AtOnce


class NoSocket:
    transport = None

    async def receive(self) -> dict[str, object]:
        return {}


@pytest.mark.parametrize("receive", [None, lambda: None, NoSocket().receive])
def test_who_does_not_tell_the_socket_is_left_alone(receive):
    hurry(receive)
