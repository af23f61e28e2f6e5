"""Days in words."""

import locale
from datetime import date, timedelta

import pytest

from qa.days import in_words, weekday


def test_every_day_reads_as_python_writes_it_in_english() -> None:
    locale.setlocale(locale.LC_TIME, "C")
    for number in range(0, 3 * 366, 5):
        day = date(2024, 1, 1) + timedelta(days=number)
        assert in_words(day) == f"{day.day} {day:%B %Y}"
        assert weekday(day) == f"{day:%A}"


def test_the_language_of_the_machine_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    known = [name for name in ("de_DE.UTF-8", "fr_FR.UTF-8") if _known(name)]
    for name in known:
        locale.setlocale(locale.LC_TIME, name)
        assert in_words(date(2031, 3, 4)) == "4 March 2031"
    locale.setlocale(locale.LC_TIME, "C")
    assert in_words(date(987, 3, 4)) == "4 March 987"


def _known(name: str) -> bool:
    try:
        locale.setlocale(locale.LC_TIME, name)
    except locale.Error:
        return False
    return True
