"""What was used last is kept, no more than asked for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from qa.recent import Recent


def test_the_one_unused_for_longest_goes_first() -> None:
    recent: Recent[str, int] = Recent(2)
    recent.put("a", 1)
    recent.put("b", 2)
    assert recent.get("a") == 1
    recent.put("c", 3)
    assert (recent.get("a"), recent.get("b"), recent.get("c")) == (1, None, 3)
    recent.put("a", 4)
    assert recent.get("a") == 4
    recent.clear()
    assert recent.get("a") is None


@given(st.lists(st.tuples(st.integers(0, 9), st.integers())), st.integers(1, 5))
def test_it_holds_what_was_put_last(puts: list[tuple[int, int]], most: int) -> None:
    recent: Recent[int, int] = Recent(most)
    for key, value in puts:
        recent.put(key, value)
    latest = dict(puts)
    order = list(dict.fromkeys(key for key, _ in reversed(puts)))
    assert {key: recent.get(key) for key in latest} == {
        key: latest[key] if key in order[:most] else None for key in latest
    }


def test_threads_do_not_disturb_each_other() -> None:
    recent: Recent[int, int] = Recent(50)

    def use(start: int) -> bool:
        for number in range(start, start + 5000):
            recent.put(number % 97, number % 97)
            if recent.get(number % 89) not in (None, number % 89):
                return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(use, range(4)))
