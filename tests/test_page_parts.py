"""The page's parts without a browser: wordings, pace, the look of an answer, the pane, asking."""

import threading
import time
from collections.abc import Iterator
from html import unescape
from itertools import pairwise
from pathlib import Path
from re import sub

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.assistant import Assistant
from qa.errors import ModelError
from qa.events import Checked, Cited, Event, Finished, Text, Withdrawn, Working
from qa.page import pane, words
from qa.page.answers import Shown, answer_words
from qa.page.asking import ask
from qa.page.conversation import Asking, Conversation
from qa.page.live import Draft, Paced
from qa.page.upkeep import Upkeep
from qa.records import Answer, Article, Citation, Passage, Span, Statement
from qa.settings import Settings

ARTICLE = Article(
    "a.txt", "One cat sat.\nTwo 🐈 ran home.\nThree slept.", "Cats", published="2031-02-03", source="Post"
)
NOTES = (
    Citation(1, "a.txt", "Cats", "2031-02-03", 13, 28, "Two 🐈 ran home."),
    Citation(2, "a.txt", "Cats", "2031-02-03", 29, 41, "Three slept."),
)
ANSWER = Answer("What ran?", "answered", "Cats ran [1]. They slept [2].", (), NOTES, model="m", recipe="r")


@pytest.fixture
def assistant(tmp_path: Path) -> Assistant:
    corpus = tmp_path / "articles"
    corpus.mkdir()
    (corpus / "bridge.txt").write_text("Bridge closes\nThe old bridge will close on 4 May, the council said.", "utf-8")
    made = Assistant(Settings(corpus=corpus, index=tmp_path / "index", model="extractive"))
    made.sync()
    return made


# ---- words


@pytest.mark.parametrize(
    ("given_", "shown"),
    [("2025-09-04", "4 Sep 2025"), ("2025-09-04T10:00:00Z", "4 Sep 2025"), (None, ""), ("", ""), ("soon", "soon")],
)
def test_a_date_is_written_as_people_write_it(given_: str | None, shown: str) -> None:
    assert words.day(given_) == shown


@given(st.text(), st.integers(10, 100))
def test_a_shortened_text_is_one_short_line(text: str, longest: int) -> None:
    short = words.shortened(text, longest)
    assert len(short) <= longest + 1
    assert "\n" not in short


# ---- events and pace


def test_a_draft_is_what_the_events_come_to() -> None:
    draft = Draft()
    statement = Statement(0, 4, (1,), "supported")
    for event in (
        Working("writing"),
        Text("Bad"),
        Cited(NOTES[1]),
        Withdrawn(),
        Text("Go"),
        Text("od"),
        Cited(NOTES[0]),
    ):
        draft.take(event)
    assert (draft.text, draft.citations) == ("Good", [NOTES[0]])
    draft.take(Checked(statement))
    draft.take(Finished(ANSWER))
    assert draft.statements == [statement]
    assert draft.answer is ANSWER


@pytest.mark.slow
@given(st.lists(st.integers(0, 3), max_size=30))
def test_paced_events_are_all_there_in_order(pauses: list[int]) -> None:
    def events() -> Iterator[Event]:
        for number, pause in enumerate(pauses):
            time.sleep(pause / 2000)
            yield Text(str(number))

    batches = list(Paced(events, lambda: False, interval=0.005))
    assert [event for batch in batches for event in batch] == [Text(str(n)) for n in range(len(pauses))]
    assert all(batches)


def test_the_first_event_is_shown_at_once_and_the_rest_at_a_pace() -> None:
    def events() -> Iterator[Event]:
        for number in range(100):
            yield Text(str(number))
            time.sleep(0.005)

    moments = [time.monotonic() for _ in Paced(events, lambda: False, interval=0.1)]
    assert all(later - earlier > 0.09 for earlier, later in pairwise(moments[:-1]))
    assert len(moments) <= 12


def test_an_error_in_the_stream_reaches_whoever_shows_it() -> None:
    def events() -> Iterator[Event]:
        yield Text("Half")
        raise ModelError("the model is gone; start it")

    batches = iter(Paced(events, lambda: False, interval=0.01))
    assert next(batches) == [Text("Half")]
    with pytest.raises(ModelError, match="start it"):
        next(batches)


def test_stopping_ends_it_though_the_model_says_nothing_and_closes_the_stream() -> None:
    closed, release, stopped = threading.Event(), threading.Event(), threading.Event()

    def events() -> Iterator[Event]:
        try:
            yield Text("One")
            release.wait(10)
            yield Text("Two")
        finally:
            closed.set()

    began = time.monotonic()
    for _ in Paced(events, stopped.is_set, interval=0.01):
        stopped.set()
    assert time.monotonic() - began < 2
    release.set()
    assert closed.wait(2)


# ---- what an answer looks like


def test_while_it_streams_a_footnote_waits_and_unknown_numbers_stay_text() -> None:
    html = answer_words(Shown(0, "Cats ran [1] home [7].", [], NOTES, finished=False))
    assert html.count("qa-footnote") == 1
    assert 'data-support="waiting"' in html
    assert "[7]" in html


def test_each_verdict_has_words_of_its_own() -> None:
    text = "A. B. C."
    statements = [Statement(0, 2, (), "partial", "it says less"), Statement(3, 5, (), "unsupported"), Statement(6, 8)]
    html = answer_words(Shown(0, text, statements, ()))
    for expected in ("Partly supported: it says less", "Not supported", "No footnote"):
        assert expected in html


def test_overlapping_statements_do_not_double_the_words() -> None:
    html = answer_words(Shown(0, "Alpha beta", [Statement(0, 10), Statement(5, 10), Statement(0, 99)], ()))
    assert html.count("beta") == 1


# ---- the pane


def test_the_pane_marks_the_quote_and_the_other_footnotes_and_dims_the_rest() -> None:
    html = pane.pane(pane.opened_at(ARTICLE, NOTES, 1, 0))
    assert html.count("data-current") == 1
    assert ">Two 🐈 ran home.</mark>" in html
    assert ">Three slept.</mark>" in html
    assert '<p class="qa-dim" dir="auto">One cat sat.</p>' in html


def test_a_quote_that_is_gone_is_not_marked_somewhere_else() -> None:
    changed = Article("a.txt", "A new beginning. " + ARTICLE.text)
    html = pane.pane(pane.opened_at(changed, NOTES, 1, 0))
    assert "<mark" not in html
    assert "has changed since" in html


def test_a_very_long_article_is_cut_around_the_words() -> None:
    text = "x " * 200_000 + "needle" + " y" * 200_000
    place = text.index("needle")
    html = pane.pane(pane.Opened(Article("long.txt", text), [pane.Mark(Span(place, place + 6), current=True)]))
    assert ">needle</mark>" in html
    assert len(html) < 200_000
    assert "characters before this are not shown" in html


@given(st.text(alphabet="ab 🐈İ\u0301\r\n\u202e", max_size=60), st.data())
def test_marks_never_move_or_lose_a_character(text: str, data: st.DataObject) -> None:
    article = Article("a", text)
    spans = data.draw(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60)), max_size=4))
    marks = [pane.Mark(Span(a, a + n), i + 1, i == 0) for i, (a, n) in enumerate(spans) if a + n <= len(text)]
    html = str(pane._text(pane.Opened(article, marks)))
    shown = unescape(sub(r"<[^>]*>", "", html))
    assert shown == "".join(line for line in text.split("\n") if line.strip()).replace("\x00", "\ufffd")
    for mark in marks:
        if mark.span.of(text).strip() and "\n" not in mark.span.of(text) and len(marks) == 1:
            assert f">{mark.span.of(text)}</mark>" in html


# ---- asking


def _drafts(assistant: Assistant, held: Conversation, question: str) -> list[Draft]:
    return list(ask(assistant, held, Asking(question), Upkeep(assistant)))


def test_a_mistake_in_the_program_is_told_not_hung(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> Iterator[Event]:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(assistant, "stream", broken)
    held = Conversation()
    _drafts(assistant, held, "When?")
    assert held.turns[0].answer.status == "error"
    assert "secret detail" not in (held.turns[0].answer.error or "")
    assert "secret detail" in caplog.text
    assert held.draft is None


def test_an_abstention_comes_with_the_nearest_passages(assistant: Assistant) -> None:
    held = Conversation()
    _drafts(assistant, held, "Who won the chess championship in Reykjavik?")
    turn = held.turns[0]
    assert turn.answer.status == "abstained"
    assert turn.searched == "Searched 1 article."
    assert [type(passage) for passage in turn.nearest] == [Passage]


@pytest.mark.slow
def test_a_question_waits_for_the_first_reading_of_the_articles(tmp_path: Path) -> None:
    corpus = tmp_path / "articles"
    corpus.mkdir()
    for number in range(60):
        (corpus / f"{number}.txt").write_text(
            f"Report {number}\nThe tower number {number} has {number + 3} floors.", "utf-8"
        )
    assistant = Assistant(Settings(corpus=corpus, index=tmp_path / "index", model="extractive"))
    upkeep, held = Upkeep(assistant), Conversation()
    upkeep.start()
    stages = {draft.stage for draft in ask(assistant, held, Asking("How many floors has tower number 59?"), upkeep)}
    assert any(stage.startswith("Reading the articles for the first time") for stage in stages)
    assert "62 floors" in held.turns[0].answer.text
    upkeep.start()
    assert not upkeep.first_time
