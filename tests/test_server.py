"""The server says in one sentence what keeps it from starting, and ships the settings that keep people's data in."""

from __future__ import annotations

import re
import socket
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest
import streamlit

from dashboard import asgi
from dashboard.asgi import CONTENT_SECURITY_POLICY, check_address, serve, server_config
from dashboard.contents import ICON, PAGES, pages_for
from dashboard.ui.streamlit_words import asked_early
from pipelines.errors import HomeError, InputError
from pipelines.settings import Home

CONFIG = Path(__file__).parent.parent / ".streamlit" / "config.toml"


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("server.address", "127.0.0.1"),
        ("server.maxUploadSize", 25),
        ("server.maxMessageSize", 50),
        ("server.fileWatcherType", "none"),
        ("server.enableStaticServing", False),
        ("server.enableCORS", True),
        ("server.enableXsrfProtection", True),
        ("server.enableAgentApi", False),
        ("server.showEmailPrompt", False),
        ("client.showErrorDetails", "none"),
        ("client.showErrorLinks", False),
        ("client.disableDataExport", True),
        ("browser.gatherUsageStats", False),
        ("runner.postScriptGC", False),
        ("runner.magicEnabled", False),
    ],
)
def test_a_setting_that_matters_is_as_it_should_be(option, value):
    assert server_config("127.0.0.1", 8501)[option] == value


def test_every_setting_of_the_server_has_its_reason_beside_it():
    section = ""
    for line in CONFIG.read_text(encoding="utf-8").splitlines():
        section = line if line.startswith("[") else section
        if "=" in line.split("#")[0] and not section.startswith("[theme"):
            assert "#" in line, line


def test_only_the_named_hosts_are_let_in_unless_everybody_is():
    assert "localhost" in server_config("127.0.0.1", 1)["server.allowedHosts"]
    assert "sales.firm" in server_config("sales.firm", 1)["server.allowedHosts"]
    assert "*" not in server_config("127.0.0.1", 1)["server.allowedHosts"]
    assert server_config("0.0.0.0", 1)["server.allowedHosts"] == ["*"]  # noqa: S104


def test_every_option_is_one_streamlit_knows():
    from streamlit import config

    known = config.get_config_options()
    assert not set(server_config("127.0.0.1", 8501)) - set(known)
    tomllib.loads(CONFIG.read_text(encoding="utf-8"))


def test_a_taken_port_is_one_sentence():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(InputError, match="is taken by another program"):
            check_address("127.0.0.1", other.getsockname()[1])


def test_a_strange_host_is_one_sentence():
    with pytest.raises(InputError, match="is not an address of this machine"):
        check_address("no.such.host.invalid", 8501)


def test_a_home_that_is_a_file_is_one_sentence(tmp_path):
    (tmp_path / "home").write_text("not a folder", encoding="utf-8")
    with pytest.raises(HomeError, match="is no folder"):
        serve(Home(tmp_path / "home"))


def test_a_home_that_is_not_there_yet_is_served_with_the_first_steps(tmp_path, monkeypatch):
    monkeypatch.setenv("VORONKA_HOME", "")  # serve sets it, and the next test shall not find it
    served = []
    monkeypatch.setattr(asgi, "make_app", lambda: SimpleNamespace(run=lambda config: served.append(config)))
    monkeypatch.setattr(asgi.threading, "Thread", lambda **_: SimpleNamespace(start=lambda: None))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    serve(Home(tmp_path / "nowhere"), port=port)
    assert served[0]["server.port"] == port
    assert not (tmp_path / "nowhere").exists()


def test_nothing_may_come_from_another_host():
    for rule in CONTENT_SECURITY_POLICY.split("; "):
        assert "http" not in rule
        assert "*" not in rule


def test_pages_have_files_and_the_icon_is_a_file_of_ours():
    assert ICON.exists()
    assert ICON.suffix == ".svg"
    assert all(page.path.exists() for page in PAGES)
    assert pages_for("head") == PAGES
    assert pages_for("stranger") == ()


def test_scripts_asked_for_early_are_files_that_streamlit_has():
    asked = asked_early()
    for name in ("PlotlyChart", "Metric", "ButtonGroup", "MaterialSymbols-Rounded"):
        assert name in asked, "Streamlit calls it otherwise now"
    static = Path(streamlit.__file__).parent / "static"
    assert all((static / path.lstrip("/")).is_file() for path in re.findall(r'href="([^"]+)"', asked))
