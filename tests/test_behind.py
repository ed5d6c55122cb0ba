"""What is written behind: in order, told of when it fails, and never more than a few things waiting."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from pipelines.behind import MOST, Behind


def test_it_is_done_in_the_order_given() -> None:
    behind, done = Behind(), list[int]()
    for number in range(20):
        behind.do(partial(done.append, number))
    behind.settle()
    assert done == list(range(20))
    behind.close()


def test_a_fault_is_told_at_the_next_wait_and_not_twice() -> None:
    behind = Behind()
    behind.do(lambda: [][0])
    with pytest.raises(IndexError):
        behind.settle()
    behind.settle()
    behind.close()


def test_whoever_gives_too_much_waits() -> None:
    behind, go = Behind(), threading.Event()

    def wait() -> None:
        go.wait(10)

    for _ in range(MOST):
        behind.do(wait)
    given = threading.Event()

    def more() -> None:
        behind.do(lambda: None)
        given.set()

    giver = threading.Thread(target=more)
    giver.start()
    assert not given.wait(0.2)
    go.set()
    assert given.wait(10)
    giver.join()
    behind.close()


def test_giving_up_waits_and_tells_nothing() -> None:
    behind, done = Behind(), list[int]()
    behind.do(lambda: [][0])
    behind.do(partial(done.append, 1))
    behind.give_up()
    assert done == [1]
    behind.close()
