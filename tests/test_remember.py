"""An answer is counted once per snapshot and question, and two questions never share one."""

from __future__ import annotations

from threading import Thread

from tiny_company import tiny_facts

from dashboard import remember
from dashboard.remember import remembered


def test_the_same_question_is_counted_once_and_a_snapshot_has_its_own_answers() -> None:
    one, two, made = tiny_facts(deals=5), tiny_facts(deals=5), []

    def ask(facts, key) -> int:
        return remembered(facts, key, lambda: made.append(key) or len(made))

    assert [ask(one, "a"), ask(one, "a"), ask(one, "b"), ask(two, "a")] == [1, 1, 2, 3]


def test_two_blocks_that_use_one_word_do_not_share_an_answer() -> None:
    facts = tiny_facts(deals=5)
    assert remembered(facts, "filling", lambda: "refusals") == "refusals"
    assert remembered(facts, "filling", lambda: "clients") == "clients"


def test_what_was_not_asked_for_the_longest_is_let_go(monkeypatch) -> None:
    monkeypatch.setattr(remember, "MOST", 2)
    facts, made = tiny_facts(deals=5), []

    def ask(key: int) -> None:
        remembered(facts, key, lambda: made.append(key))

    for key in (1, 2, 1, 3, 1, 2):
        ask(key)
    assert made == [1, 2, 3, 2]


def test_many_readers_at_once_get_the_same_answer() -> None:
    facts, found = tiny_facts(deals=5), []
    readers = [Thread(target=lambda: found.append(remembered(facts, "x", lambda: 7))) for _ in range(20)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert found == [7] * 20
