"""The server: Streamlit's own, with compression, headers that keep the browser at home, and a warm start.

One server serves one home in one process. Nothing here or on the pages asks another host for anything.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import socket
import sys
import threading
import tomllib
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import access
from dashboard.at_once import AtOnce
from dashboard.changed import Changed
from dashboard.contents import PAGES
from dashboard.drawn_once import drawing_once, is_script
from dashboard.i18n import Locale, pick_locale
from dashboard.our_charts import sending_only_ours
from dashboard.packed import Packed
from dashboard.timetable import Timetable
from dashboard.ui.defect import tell_defect
from dashboard.ui.streamlit_words import (
    ICON_PATH,
    LOOK_PATH,
    SCRIPT_PATH,
    icon,
    is_page,
    look_sheet,
    with_words,
    words_script,
)
from dashboard.warm import keep_warm
from pipelines.errors import HomeError, InputError, VoronkaError
from pipelines.settings import Home, find_home
from pipelines.weekly import Weekly

SCRIPT = Path(__file__).with_name("app.py")
CONFIGS = (Path(__file__).with_name("config.toml"), Path(__file__).parent.parent / ".streamlit" / "config.toml")
"""Where the server's settings are: beside the installed package, or in the working tree."""

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "frame-ancestors 'self'",
        "base-uri 'self'",
        "form-action 'self'",
        "object-src 'none'",
    )
)
HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cross-origin-opener-policy": "same-origin",
}


class SecurityHeaders:
    """Adds the headers to every answer over HTTP."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                added = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


async def health(request: Request) -> JSONResponse:
    """Answer that the process lives."""
    return JSONResponse({"status": "ok"})


def ready(request: Request) -> JSONResponse:
    """Answer whether there is a snapshot to show, and which; 503 while there is none."""
    try:
        facts = access.open_facts(find_home())
    except VoronkaError as error:
        return JSONResponse({"status": "nothing to show", "message": told(error)}, status_code=503)
    return JSONResponse({"status": "ready", "snapshot": facts.snapshot})


def told(error: VoronkaError) -> str:
    """Write an error for whoever asks over the network: a folder is only called by its name."""
    values = {name: one.name if isinstance(one, Path) else one for name, one in error.values.items()}
    return error.template.format(**values)


@asynccontextmanager
async def warm_up(app: object) -> AsyncGenerator[dict[str, Any]]:
    """Read the snapshot, import what the pages need and count the usual questions before the first reader comes."""
    stopped = threading.Event()
    threading.Thread(target=_warm, args=(stopped,), daemon=True, name="warm-up").start()
    yield {}
    stopped.set()


def _warm(stopped: threading.Event) -> None:
    import plotly.io  # noqa: F401  the slowest import of a first page

    from dashboard import ui

    for module in pkgutil.iter_modules(ui.__path__):
        importlib.import_module(f"{ui.__name__}.{module.name}")
    keep_warm(stopped)


async def first_page(request: Request) -> RedirectResponse:
    """Send who names the first page to its address, which is the bare one, with the filters of the link."""
    return RedirectResponse(f"/?{request.url.query}" if request.url.query else "/")


def make_app() -> st.App:
    """Put the application together; one per process."""
    return st.App(
        SCRIPT,
        lifespan=warm_up,
        on_script_error=tell_defect,
        routes=[
            Route("/health", health),
            Route("/ready", ready),
            Route(SCRIPT_PATH, words_script),
            Route(LOOK_PATH, look_sheet),
            Route(ICON_PATH, icon),
            Route(f"/{PAGES[0].file}", first_page),
        ],
        middleware=[
            Middleware(AtOnce),
            Middleware(SecurityHeaders),
            Middleware(Packed),
            Middleware(GZipMiddleware, minimum_size=1024, compresslevel=5),
            Middleware(Changed, is_wanted=is_page, change=with_words),
            Middleware(Changed, is_wanted=is_script, change=sending_only_ours),
            Middleware(Changed, is_wanted=is_script, change=drawing_once),
        ],
    )


def serve(
    home: Home, host: str = "127.0.0.1", port: int = 8501, locale: Locale | None = None, weekly: Weekly | None = None
) -> None:
    """Serve the pages of a home until stopped, and do its weekly jobs; the address is printed once it answers.

    ``weekly`` goes before the moment in settings. Raises InputError when the port is taken or the host is none of this
    machine, HomeError when the home is no folder.
    """
    if home.path.exists() and not home.path.is_dir():
        raise HomeError(
            "{path} is no folder. Name the folder of a company: voronka serve --home FOLDER", path=home.path
        )
    check_address(host, port)
    os.environ["VORONKA_HOME"] = str(home.path)
    spoken = locale or pick_locale(os.environ.get("VORONKA_LANG") or os.environ.get("LANG"))
    threading.Thread(target=_announce, args=(host, port, spoken), daemon=True, name="announce").start()
    Timetable(home, weekly).start()
    make_app().run(config=server_config(host, port))


def check_address(host: str, port: int) -> None:
    """Make sure the port can be had. Raises InputError with what to do instead."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if isinstance(error, socket.gaierror) or error.errno == 99:
                raise InputError(
                    '"{host}" is not an address of this machine. Take 127.0.0.1, or 0.0.0.0 for all.', host=host
                ) from error
            if isinstance(error, PermissionError):
                raise InputError(
                    "Port {port} is reserved. Take one above 1023: voronka serve --port 8501", port=port
                ) from error
            raise InputError(
                "Port {port} is taken by another program. Take another one: voronka serve --port {other}",
                port=port,
                other=port + 1,
            ) from error


def server_config(host: str, port: int) -> dict[str, Any]:
    """Read ``.streamlit/config.toml`` as flat options and add the address, whatever folder the server is started in."""
    options = _flat(tomllib.loads(next(path for path in CONFIGS if path.exists()).read_text(encoding="utf-8")))
    names = [*dict.fromkeys(["localhost", "127.0.0.1", "[::1]", host])]
    everywhere = host in ("0.0.0.0", "::", "")  # noqa: S104  asked for by the one who runs it
    named = os.environ.get("VORONKA_HOSTS", "").split()
    options["server.allowedHosts"] = ["*"] if everywhere and not named else [*names, *named]
    return {**options, "server.address": host, "server.port": port}


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    options: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            options |= _flat(value, f"{prefix}{key}.")
        else:
            options[prefix + key] = value
    return options


def _announce(host: str, port: int, locale: Locale) -> None:
    shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104
    until = monotonic() + 60
    while monotonic() < until:
        connection = HTTPConnection(shown, port, timeout=2)
        try:
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                told = locale.text("Voronka answers at http://{host}:{port}/ (Ctrl+C stops it)", host=shown, port=port)
                sys.stdout.write(f"{told}\n")
                sys.stdout.flush()
                return
        except (OSError, HTTPException):
            sleep(0.1)
        finally:
            connection.close()
