"""Whatever a model writes, the answer holds: ranges are exact, statements in order, footnotes used, streams true."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.compose import Composer, Prompts
from qa.errors import ModelError
from qa.events import Cited, Finished, Text, Withdrawn
from qa.models import Delta, Finish
from qa.models import Text as Words
from qa.prompts import Message, load_prompt
from qa.records import Answer, Citation, Usage
from qa.retrieve import Retrieved
from qa.settings import Settings
from qa.verify import verify
from tests.small_news import News
from tests.whole import sample

pytest_plugins = ["tests.news_fixtures"]

FRAGMENTS = (
    "The mayor resigned on Monday", "Ana Ruiz denied it", "Repairs cost $2.4 million", "Storm Ida", "14 months",
    "NOT IN THE ARTICLES", "“I was strong \N{FLEXED BICEPS}\U0001f3fd,”", "İzmir", "cafe\N{COMBINING ACUTE ACCENT}",
    "\N{FAMILY}", "\u202eעברית\u202c", "العربية", "\ufeff", "\u200b", "\x00", "\r\n", "\n\n", "\n- ", "\n## ", "\t",
    " ", " ", ".", ". ", ".", "? ", "!", ",", ";", ":", "(", ")", "“", "”", "'", "…", "U.S. ", "Mr. ", "3.2 ", "2023",
    "[1]", "[2]", "[3]", "[17]", "[1][2]", "[1, 2]", "[3-5]", "[5-3]", "[1-99999999]", "[0]", "[-1]", "[2023]",
    "[99999999999999999999]", "[sentence 3]", "【4】", "［5］", "[[6]]", "[^7]", "[8", "9]", "[", "]", "[]", "[ 1 ]",
    "[1,", "[a]", "[1](http://x.y)", "<think>", "</think>", "<thinking>", "</", "<", "`", "```", "`[1]`", "$[1]$", "|",
    "\ud83d", "\ude00",
)  # fmt: skip

outputs = st.lists(
    st.one_of(
        st.sampled_from(FRAGMENTS),
        st.integers(0, 40).map("[{}]".format),
        st.text(max_size=6),
        st.text(st.characters(codec="utf-8"), max_size=3),
    ),
    max_size=25,
).map("".join)


class Replies:
    """A model that gives one text after the other, in pieces."""

    name = "fuzzed"

    def __init__(self, texts: Sequence[str], size: int, reason: str) -> None:
        self.texts = itertools.cycle(texts)
        self.size, self.reason = size, reason

    def stream(self, messages: Sequence[Message]) -> Iterator[Delta]:
        text = next(self.texts)
        for start in range(0, len(text), self.size):
            yield Words(text[start : start + self.size])
        yield Finish(self.reason, Usage(1, 1, 1))  # type: ignore[arg-type]

    def astream(self, messages: Sequence[Message]) -> AsyncIterator[Delta]:
        raise NotImplementedError


@pytest.fixture
def retrieved(news: News) -> Retrieved:
    return news.archive.retrieve("mayor bridge storm museum marathon strike", 8)


@pytest.fixture
def articles(news: News, retrieved: Retrieved) -> dict[str, str]:
    return {passage.article_id: news.archive.article(passage.article_id).text for passage in retrieved.passages}


def assert_holds(answer: Answer, articles: dict[str, str]) -> None:
    assert [citation.number for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    for citation in answer.citations:
        assert articles[citation.article_id][citation.start : citation.end] == citation.quote
        assert citation.quote.strip() == citation.quote != ""
    place = 0
    for statement in answer.statements:
        assert place <= statement.start < statement.end <= len(answer.text)
        place = statement.end
        assert all(f"[{number}]" in answer.text[statement.start : statement.end] for number in statement.citations)
        assert (statement.reason == "") == (statement.support == "supported")
    used = [number for statement in answer.statements for number in statement.citations]
    assert list(dict.fromkeys(used)) == [citation.number for citation in answer.citations]
    assert (answer.status == "abstained") == (answer.text == "") == (answer.statements == ())
    assert answer.status != "answered" or all(one.support == "supported" for one in answer.statements)
    assert 0 <= answer.confidence <= 1
    assert Answer.from_dict(answer.to_dict()) == answer
    answer.text.encode()


def check(texts: list[str], size: int, reason: str, drop: bool, retrieved: Retrieved, articles: dict[str, str]) -> None:
    chosen = Settings(unsupported="drop" if drop else "mark")
    prompts = Prompts(load_prompt("answer"), load_prompt("correct"))
    composer = Composer(Replies(texts, size, reason), prompts, verify, chosen)
    shown, cited, trouble = "", dict[int, Citation](), ""
    try:
        for event in composer.compose("What happened?", retrieved, Usage()):
            if isinstance(event, Text):
                shown += event.text
            elif isinstance(event, Cited):
                cited[event.citation.number] = event.citation
            elif isinstance(event, Withdrawn):
                shown, cited = "", {}
            elif isinstance(event, Finished):
                assert (event.answer.text, event.answer.citations) == (shown, tuple(cited.values()))
                assert_holds(event.answer, articles)
    except ModelError as error:
        trouble = str(error)
    assert not trouble or ("nothing but its reasoning" in trouble and shown == "")


cases = given(
    texts=st.lists(outputs, min_size=1, max_size=3),
    size=st.integers(1, 40),
    reason=st.sampled_from(["stop", "stop", "length", "incomplete"]),
    drop=st.booleans(),
)
SHARED_FIXTURE = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.mark.slow
@settings(max_examples=100, deadline=None, suppress_health_check=SHARED_FIXTURE)
@cases
def test_any_output_gives_an_answer_that_holds(
    retrieved: Retrieved, articles: dict[str, str], texts: list[str], size: int, reason: str, drop: bool
) -> None:
    check(texts, size, reason, drop, retrieved, articles)


@pytest.mark.slow
@settings(max_examples=sample(200, whole=4000), deadline=None, suppress_health_check=SHARED_FIXTURE)
@cases
def test_thousands_of_outputs_give_answers_that_hold(
    retrieved: Retrieved, articles: dict[str, str], texts: list[str], size: int, reason: str, drop: bool
) -> None:
    check(texts, size, reason, drop, retrieved, articles)
