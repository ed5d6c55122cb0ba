"""Saved views: kept under a name, shared, safe against two writers and against names that are markup."""

from __future__ import annotations

import json
import stat
from threading import Thread

import pytest
from safe_text_cases import WHOLE

from pipelines.backup import MEMBERS
from pipelines.errors import InputError, SettingsError
from pipelines.saved_views import (
    LONGEST_NAME,
    MOST_VIEWS,
    View,
    delete_view,
    file_of,
    plain_name,
    save_view,
    saved_views,
)
from pipelines.settings import Home

QUERY = {"region": ["Казань", ""], "period": ["last_90_days"]}


def named(name: str, by: str = "anna", query: dict | None = None) -> View:
    return View(name, "overview", QUERY if query is None else query, by)


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "home")


def test_a_view_comes_back_as_it_was_saved_and_the_file_is_its_owners_only(home):
    save_view(home, named("  Казань,\n месяц "))
    (kept,) = saved_views(home)
    assert (kept.name, kept.page, kept.query, kept.by) == ("Казань, месяц", "overview", QUERY, "anna")
    assert stat.S_IMODE(file_of(home).stat().st_mode) == 0o600


def test_ones_own_view_is_replaced_and_somebody_elses_only_by_a_head(home):
    save_view(home, named("Москва"))
    save_view(home, named("москва", query={}))
    assert [(one.name, one.query) for one in saved_views(home)] == [("москва", {})]
    with pytest.raises(InputError, match="is a view of anna"):
        save_view(home, named("Москва", by="boris"))
    with pytest.raises(InputError, match="is a view of anna"):
        delete_view(home, "москва", by="boris")
    save_view(home, named("Москва", by="boris"), may_replace=True)
    assert [one.by for one in saved_views(home)] == ["boris"]
    delete_view(home, "Москва", by="boris")
    delete_view(home, "Москва", by="boris")
    assert saved_views(home) == ()


@pytest.mark.parametrize("name", ["", "  ", "\u202e\u200b", "x" * (LONGEST_NAME + 1)])
def test_a_name_nobody_could_read_is_refused(home, name):
    with pytest.raises(InputError):
        save_view(home, named(name))
    assert not file_of(home).exists()


def test_too_many_views_and_too_large_ones_are_refused(home):
    home.path.mkdir()
    many = [{"name": str(number), "page": "overview", "query": {}} for number in range(MOST_VIEWS)]
    file_of(home).write_text(json.dumps(many), encoding="utf-8")
    with pytest.raises(InputError, match="Delete one first"):
        save_view(home, named("Ещё"))
    with pytest.raises(InputError, match="too many chosen values"):
        save_view(home, named("Ещё", query={"manager": ["x" * 500] * 100}))


def test_two_writers_at_once_lose_nothing(home):
    writers = [Thread(target=save_view, args=(home, named(f"view {number}"))) for number in range(12)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert len(saved_views(home)) == 12


@pytest.mark.parametrize(
    "content", ["{", "[1]", '{"a": 1}', '[{"name": "x"}]', '[{"name": "x", "page": "y", "query": []}]']
)
def test_a_file_that_was_spoilt_is_one_sentence(home, content):
    home.path.mkdir()
    file_of(home).write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"saved views in .* cannot be read"):
        saved_views(home)


def test_markup_is_kept_letter_for_letter(home):
    for name in WHOLE:
        kept = save_view(home, named(name[:LONGEST_NAME]))
        assert kept.name == plain_name(name[:LONGEST_NAME])
    assert len(saved_views(home)) == len({plain_name(name[:LONGEST_NAME]).casefold() for name in WHOLE})


def test_a_backup_may_hold_the_views():
    assert MEMBERS.fullmatch("views.json")
    assert not MEMBERS.fullmatch("x/views.json")
