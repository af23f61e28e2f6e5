"""A language model's answer, asked over real HTTP: footnotes, support, corrections, budget, failures."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from qa.assistant import Assistant
from qa.citations import quoted
from qa.errors import ModelError
from qa.events import Checked, Cited, Event, Finished, Spent, Text, Withdrawn, Working
from qa.models import ModelSpec
from qa.prompts import estimate_tokens
from qa.records import Answer, Citation, Usage
from qa.settings import load_settings
from tests import fault_replies as replies
from tests.fault_replies import words
from tests.fault_server import FaultServer, Reply, content
from tests.small_news import ARTICLES, QUESTION, News, writes
from tests.whole import sample

pytest_plugins = ["tests.local_model", "tests.news_fixtures"]

RESIGNED = "The mayor of Lyon, Ana Ruiz, resigned on Monday after a dispute over the tram budget."
GOOD = "The mayor resigned on Monday [{resigned on Monday}]."
NOT_THERE = "NOT IN THE ARTICLES"

Ask = Callable[..., Answer]


def answer_of(events: Sequence[Event]) -> Answer:
    """The answer, after what holds for every stream is made sure of."""
    *before, last = events
    assert isinstance(last, Finished)
    assert not any(isinstance(event, Finished) for event in before)
    shown, cited = "", dict[int, Citation]()
    for event in before:
        if isinstance(event, Text):
            assert event.text
            shown += event.text
        elif isinstance(event, Cited):
            cited[event.citation.number] = event.citation
        elif isinstance(event, Withdrawn):
            shown, cited = "", {}
    answer = last.answer
    assert shown == answer.text
    assert tuple(cited.values()) == answer.citations
    assert tuple(event.statement for event in before if isinstance(event, Checked)) == answer.statements
    assert [event.usage for event in before if isinstance(event, Spent)][-1] == answer.usage
    return answer


@pytest.fixture
def ask(news: News) -> Ask:
    """Asks a model that replies as scripted; what must hold for every answer is made sure of."""

    def ask(*script: Reply, question: str = QUESTION, **settings: Any) -> Answer:
        news.server.script(*script)
        assistant = news.assistant(**settings)
        answer = answer_of(list(assistant.stream(question)))
        news.assert_exact(answer)
        assert answer.question == question
        assert len(news.server.requests) == answer.usage.calls
        return answer

    return ask


def quotes(answer: Answer) -> list[str]:
    return [citation.quote for citation in answer.citations]


def supports(answer: Answer) -> list[str]:
    return [statement.support for statement in answer.statements]


# --- footnotes


def test_sentence_numbers_become_footnotes_by_first_use(ask: Ask) -> None:
    answer = ask(
        writes("Paul Meyer will lead the city [{will lead the city}]. The mayor resigned on Monday [{resigned on}].")
    )
    assert answer.text == "Paul Meyer will lead the city [1]. The mayor resigned on Monday [2]."
    assert (answer.status, supports(answer)) == ("answered", ["supported"] * 2)
    assert [statement.citations for statement in answer.statements] == [(1,), (2,)]
    assert quotes(answer)[1] == RESIGNED
    assert answer.usage.calls == 1
    assert answer.confidence > 0.5


def test_a_footnote_tells_where_it_comes_from(ask: Ask) -> None:
    (citation,) = ask(writes(GOOD)).citations
    assert (citation.article_id, citation.title, citation.published) == (
        "mayor.md",
        "Mayor of Lyon resigns",
        "2024-03-04",
    )


@pytest.mark.parametrize(
    "brackets",
    [
        "[{resigned on}][{blocked her plan}]",
        "[{resigned on}, {blocked her plan}]",
        "【{resigned on}-{blocked her plan}】",
    ],
)
def test_several_numbers_in_any_usual_form(ask: Ask, brackets: str) -> None:
    answer = ask(
        writes(f"Ana Ruiz resigned on Monday; she said the council had blocked her plan for 14 months {brackets}.")
    )
    assert answer.statements[0].citations == (1, 2)
    assert answer.text.endswith("[1][2].")
    assert answer.status == "answered"


def test_numbers_of_no_sentence_are_dropped(ask: Ask) -> None:
    answer = ask(writes("The mayor [sic] resigned on Monday [{resigned on}][99]. Ruiz denied the accusation [98]."))
    assert answer.text == "The mayor [sic] resigned on Monday [1]. Ruiz denied the accusation. [2]"
    assert answer.status == "answered"


def test_only_unknown_numbers_are_as_good_as_none(ask: Ask) -> None:
    answer = ask(words("The mayor resigned on Monday [99]."))
    assert (answer.text, answer.status, quotes(answer)) == ("The mayor resigned on Monday. [1]", "answered", [RESIGNED])


def test_emoji_and_combining_marks_do_not_shift_a_range(ask: Ask) -> None:
    answer = ask(
        writes("“I was strong \N{FLEXED BICEPS}\U0001f3fd,” Lena Ångström said [{I was strong}]. She won [{2:21:07}]."),
        question="What did Lena Ångström say?",
    )
    assert any(quote.startswith("“I was strong \N{FLEXED BICEPS}\U0001f3fd,”") for quote in quotes(answer))


# --- support


def test_a_wrong_footnote_is_replaced_by_the_sentence_that_says_it(ask: Ask) -> None:
    answer = ask(writes("The mayor resigned on Monday [{About 400 people}]."))
    assert (answer.status, quotes(answer)) == ("answered", [RESIGNED])
    assert answer.usage.calls == 1


def test_a_swapped_footnote_is_withdrawn_from_the_stream_even_if_the_text_stays(news: News) -> None:
    news.server.script(writes("The mayor resigned on Monday. [{About 400 people}]"))
    events = list(news.assistant().stream(QUESTION))
    answer = answer_of(events)
    assert (answer.text, quotes(answer)) == ("The mayor resigned on Monday. [1]", [RESIGNED])


def test_a_model_that_ignores_the_protocol_gets_its_footnotes(ask: Ask) -> None:
    answer = ask(words("The mayor resigned on Monday. Her deputy Paul Meyer will lead the city until 9 June."))
    assert answer.text == "The mayor resigned on Monday. [1] Her deputy Paul Meyer will lead the city until 9 June. [2]"
    assert answer.status == "answered"


def test_who_she_is_is_footnoted_too_where_another_sentence_tells(ask: Ask) -> None:
    answer = ask(writes("Ana Ruiz said that the council had blocked her plan for 14 months [{blocked her plan}]."))
    assert (answer.status, answer.statements[0].citations) == ("answered", (1, 2))
    assert quotes(answer)[0] == RESIGNED


@pytest.mark.parametrize("said", ["Yes [{resigned on}].", "She did so [{resigned on}]."])
def test_what_says_too_little_is_not_supported(ask: Ask, said: str) -> None:
    answer = ask(writes(f"{said} {GOOD}"))
    assert (answer.status, supports(answer)) == ("partial", ["partial", "supported"])


def test_words_put_together_that_stand_in_no_sentence_so_are_not_supported(ask: Ask) -> None:
    answer = ask(writes("Ana Ruiz resigned on Monday because she was ill [{resigned on}]."))
    assert (answer.status, supports(answer)) == ("partial", ["partial"])
    assert "ill" in answer.statements[0].reason


def test_an_answer_in_a_word_needs_text_that_speaks_of_the_question(ask: Ask) -> None:
    assert ask(writes("Monday [{resigned on}].")).status == "answered"


def test_a_word_from_elsewhere_does_not_answer(ask: Ask) -> None:
    answer = ask(writes("Answer: 9 June [{until an election}]."), question="When does the old bridge reopen?")
    assert (answer.status, supports(answer)) == ("partial", ["partial"])


def test_what_only_announces_is_left_out(ask: Ask) -> None:
    answer = ask(writes("Here is what happened:\n- The mayor resigned on Monday [{resigned on}]."))
    assert (answer.status, answer.text) == ("answered", "- The mayor resigned on Monday [1].")


def test_a_footnote_that_says_only_a_part_is_partial(ask: Ask) -> None:
    answer = ask(writes("Ana Ruiz resigned on Monday and moved to a small village with her family [{resigned on}]."))
    assert (answer.status, supports(answer), quotes(answer)) == ("partial", ["partial"], [RESIGNED])
    assert "village" in answer.statements[0].reason
    assert answer.usage.calls == 1


def test_an_unsupported_statement_is_corrected_once(ask: Ask, news: News) -> None:
    answer = ask(
        writes(GOOD + " She resigned at the age of 77 [{resigned on}]."),
        writes("Ruiz denied the accusation [{denied}]."),
    )
    assert answer.text == "The mayor resigned on Monday [1]. Ruiz denied the accusation. [2]"
    assert (answer.status, answer.usage.calls) == ("answered", 2)
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (24, 10)
    asked = news.server.requests[1].prompt
    assert "Statement: She resigned at the age of 77." in asked
    assert re.search(r"Problem: .*77", asked)


@pytest.mark.parametrize("correction", ["She resigned at the age of 78 [{resigned on}].", NOT_THERE, "…", "[{denied}]"])
def test_a_statement_that_stays_unsupported_is_marked_with_the_reason(ask: Ask, correction: str) -> None:
    answer = ask(writes(GOOD + " She resigned at the age of 77 [{resigned on}]."), writes(correction))
    assert answer.text == "The mayor resigned on Monday [1]. She resigned at the age of 77 [1]."
    assert (answer.status, supports(answer)) == ("partial", ["supported", "unsupported"])
    assert "77" in answer.statements[1].reason
    assert answer.error is None


def test_unsupported_statements_can_be_dropped(ask: Ask) -> None:
    answer = ask(writes("She resigned at the age of 77 [{denied}]. " + GOOD), words(NOT_THERE), unsupported="drop")
    assert answer.text == "The mayor resigned on Monday [1]."
    assert (answer.status, supports(answer), quotes(answer)) == ("partial", ["supported"], [RESIGNED])


def test_no_more_corrections_than_allowed(ask: Ask, news: News) -> None:
    news.server.otherwise = words(NOT_THERE)
    wrong = " ".join(f"She resigned at the age of {age} [{{resigned on}}]." for age in (71, 72, 73, 74))
    answer = ask(writes(f"{GOOD} {wrong}"))
    assert answer.usage.calls == 3
    assert supports(answer) == ["supported"] + ["unsupported"] * 4


def test_if_nothing_stands_there_is_no_answer(ask: Ask, news: News) -> None:
    news.server.otherwise = words(NOT_THERE)
    answer = ask(writes("Bananas were eaten by 12 penguins [{resigned on}]. Penguins own the tram."))
    assert (answer.status, answer.text, answer.statements, answer.citations) == ("abstained", "", (), ())
    assert answer.passages
    assert answer.confidence == 0.0


@pytest.mark.parametrize(
    "said", [NOT_THERE, f"{NOT_THERE}.", f"**{NOT_THERE}**", f"{NOT_THERE} [3]", "Not in the articles."]
)
def test_a_model_that_finds_nothing_abstains(ask: Ask, said: str) -> None:
    answer = ask(words(said))
    assert (answer.status, answer.text, answer.usage.calls) == ("abstained", "", 1)


def test_an_answer_to_a_part_of_the_question_is_partial(ask: Ask) -> None:
    answer = ask(writes(f"{GOOD} {NOT_THERE}"))
    assert (answer.status, answer.text) == ("partial", "The mayor resigned on Monday [1].")


def test_a_statement_is_not_repeated(ask: Ask) -> None:
    answer = ask(writes(" ".join([GOOD] * 5)))
    assert (answer.status, answer.text) == ("answered", "The mayor resigned on Monday [1].")


def test_another_check_can_be_plugged_in(news: News) -> None:
    from qa.verify import Verdict

    settings = load_settings(corpus=news.corpus, index=news.index, **news.model_flags)
    assistant = Assistant(settings, check=lambda statement, evidence: Verdict("unsupported", "I doubt it", 0.0))
    news.server.script(writes(GOOD), words(NOT_THERE))
    with closing(assistant):
        assert assistant.ask(QUESTION).status == "abstained"


# --- what a model may do instead of answering


def test_reasoning_is_neither_shown_nor_read(ask: Ask) -> None:
    answer = ask(writes("<think>Sentence [1] is odd. Penguins!</think>" + GOOD))
    assert (answer.text, answer.status) == ("The mayor resigned on Monday [1].", "answered")


def test_reasoning_whose_start_the_server_ate_is_withdrawn(ask: Ask, news: News) -> None:
    answer = ask(writes("It must be [{About 400 people}], I think.</think>" + GOOD))
    assert (answer.text, quotes(answer)) == ("The mayor resigned on Monday [1].", [RESIGNED])


def test_nothing_but_reasoning_is_an_error(news: News) -> None:
    news.server.script(words("<think>Who is the mayor? I wonder", finish="length"))
    with pytest.raises(ModelError, match=r"reasoning.*max_tokens"):
        news.assistant().ask(QUESTION)


@pytest.mark.parametrize(
    "reply",
    [
        words("<think>Who is the mayor?", finish="length", usage=(1000, 512)),
        words(thoughts=["Who?"], finish="length", usage=(1000, 512)),
        words(usage=(1000, 512)),
    ],
    ids=["think", "reasoning", "empty"],
)
def test_what_a_failed_question_cost_is_told_and_counts_for_a_budget(news: News, reply: Reply) -> None:
    news.server.otherwise = reply
    (answer,) = news.assistant().ask_many([QUESTION])
    assert (answer.status, answer.usage) == ("error", Usage(1000, 512, 1))


def test_an_answer_cut_by_its_limit_is_partial_and_says_so(ask: Ask) -> None:
    answer = ask(writes(GOOD + " Her deputy, Paul Mey", finish="length"))
    assert answer.status == "partial"
    assert answer.text.startswith("The mayor resigned on Monday [1].")
    assert answer.error is not None
    assert "max_tokens" in answer.error
    assert answer.usage.calls == 1


@pytest.mark.parametrize("broken", [replies.cut, replies.broken_off])
def test_a_broken_stream_keeps_what_came(ask: Ask, broken: Callable[..., Reply]) -> None:
    answer = ask(broken("The mayor ", "resigned on Monday. ", "She said that"))
    assert answer.status == "partial"
    assert answer.text.startswith("The mayor resigned on Monday. [1]")
    assert quotes(answer)[0] == RESIGNED
    assert answer.error is not None
    assert "incomplete" in answer.error
    assert "\n" not in answer.error


def test_a_stalled_stream_keeps_what_came(ask: Ask) -> None:
    answer = ask(replies.stalled("The mayor resigned on Monday. "), timeout=0.5)
    assert (answer.status, answer.text) == ("partial", "The mayor resigned on Monday. [1]")


@pytest.mark.parametrize(
    ("written", "wanted"),
    [("The mayor resigned on", "partial"), ("The mayor resigned on Monday", "partial"), (GOOD, "supported")],
)
def test_a_last_sentence_that_breaks_off_is_not_shown_as_supported(ask: Ask, written: str, wanted: str) -> None:
    before = "Storm Ida damaged 120 houses in Calais. " if wanted == "partial" else ""
    answer = ask(writes(before + written, finish=None))
    assert supports(answer)[-1] == wanted
    assert (answer.statements[-1].reason == "the sentence breaks off") == (wanted == "partial")
    assert all(support == "supported" for support in supports(answer)[:-1])


def test_sentences_that_do_not_exist_are_counted_in_the_log(ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "qa")
    ask(writes("The mayor resigned on Monday [{resigned on Monday}][98][99]."))
    assert "cited 2 sentences that do not exist" in caplog.text


def test_a_server_that_does_not_stream_is_understood(ask: Ask) -> None:
    answer = ask(replies.unstreamed("The mayor resigned on Monday."))
    assert (answer.status, answer.usage.prompt_tokens) == ("answered", 12)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("reply", "words_of_error"),
    [
        (replies.bad_key(), "key"),
        (replies.no_such_model(), "404"),
        (replies.rate_limited(), "429"),
        (replies.quota_used_up(), "quota"),
        (replies.failed(500), "500"),
        (replies.page(), "web page"),
        (replies.empty(), "empty reply"),
        (replies.cut(), "connection"),
        (content("not json", "application/json"), "no chat completion"),
        (replies.silent(), "in time"),
    ],
)
def test_a_failure_before_the_first_word_is_one_clear_error(news: News, reply: Reply, words_of_error: str) -> None:
    news.server.script(reply)
    with pytest.raises(ModelError, match=words_of_error) as caught:
        news.assistant(timeout=1.0).ask(QUESTION)
    assert "\n" not in str(caught.value)
    assert "scripted" in str(caught.value)


def test_a_rate_limit_is_waited_for(ask: Ask, news: News) -> None:
    news.server.script(replies.rate_limited(retry_after=0))
    news.server.script(writes(GOOD))
    answer = news.assistant(retries=2).ask(QUESTION)
    assert (answer.status, len(news.server.requests)) == ("answered", 2)


def test_a_correction_that_fails_does_not_cost_the_answer(news: News) -> None:
    news.server.script(writes(GOOD + " She resigned at the age of 77 [{resigned on}]."), replies.failed(500))
    answer = answer_of(list(news.assistant().stream(QUESTION)))
    assert (answer.status, supports(answer)) == ("partial", ["supported", "unsupported"])
    assert answer.error is not None
    assert "500" in answer.error


# --- the prompt


def prompt_for(news: News, question: str = QUESTION, **settings: Any) -> str:
    news.server.otherwise = words(NOT_THERE)
    assistant = news.assistant(**settings)
    assistant.ask(question)
    return news.server.requests[-1].prompt


def test_the_prompt_numbers_the_sentences_between_two_fences(news: News) -> None:
    prompt = prompt_for(news)
    (fence,) = set(re.findall(r"=== [0-9a-f]{8} ===", prompt))
    evidence = prompt.rsplit(fence, 2)[1]
    numbers = [int(number) for number in re.findall(r"^\[(\d+)\]", evidence, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert f"] {RESIGNED}" in evidence
    assert "# Mayor of Lyon resigns (Rhone Daily, 2024-03-04)" in evidence
    assert prompt.rstrip().endswith(f"Question: {QUESTION}")
    assert fence not in prompt_for(news)


def test_the_prompt_fits_the_window_in_whole_sentences_best_first(news: News) -> None:
    archive = news.without_model().archive
    passages = [passage for name in ARTICLES for passage in archive.passages_of(name)]
    whole = {quoted(passage.sentence_text(span), "") for passage in passages for span in passage.sentences}
    counts = []
    for window in (540, 600, 700, 4096):
        prompt = prompt_for(news, context_window=window, max_tokens=100)
        assert estimate_tokens(prompt) + 100 <= window
        shown = [line.partition("] ")[2] for line in prompt.splitlines() if re.match(r"\[\d+\] ", line)]
        assert set(shown) <= whole
        assert RESIGNED in shown
        counts.append(len(shown))
    assert counts == sorted(set(counts))


def test_a_window_without_room_for_a_sentence_is_an_error(news: News) -> None:
    with pytest.raises(ModelError, match="context_window"):
        news.assistant(context_window=600, max_tokens=500).ask(QUESTION)
    assert not news.server.requests


def test_an_article_can_neither_open_a_footnote_nor_leave_the_fence(news: News) -> None:
    prompt = prompt_for(news, "What did the city museum buy?")
    (line,) = [line for line in prompt.splitlines() if "The painting shows a harbour" in line]
    assert re.match(r"\[\d+\] ", line)
    assert re.findall(r"\[\d+\]", line) == [line.split()[0]]
    assert "harbour (2) at dawn" in line
    assert "[TOOL_CALLS]" not in prompt
    assert "<think>" not in prompt


def test_a_footnote_to_such_a_line_quotes_it_as_it_is(ask: Ask) -> None:
    answer = ask(
        writes("The painting shows a harbour at dawn [{shows a harbour}]."), question="What did the museum buy?"
    )
    assert "harbour [2] at dawn" in quotes(answer)[0]


def test_orders_to_machines_never_reach_the_model(news: News) -> None:
    prompt = prompt_for(news, "Is the city museum closed?")
    assert "Berthe Morisot" in prompt
    assert "ignore all previous instructions" not in prompt
    assert "Note to AI assistants" not in prompt


def test_the_prompt_of_a_correction_fits_the_window_too(news: News) -> None:
    news.server.script(writes("She resigned at the age of 77 [{resigned on}]."))
    news.server.otherwise = words(NOT_THERE)
    news.assistant(context_window=760, max_tokens=100).ask(QUESTION)
    assert len(news.server.requests) == 2
    for request in news.server.requests:
        assert estimate_tokens(request.prompt) + 100 <= 760


def test_own_prompts_are_used_and_change_the_recipe(news: News, tmp_path: Path) -> None:
    (tmp_path / "answer.md").write_text(
        "---\npurpose: terse\nvariables: [evidence, fence, question]\n---\n"
        "## user\nTERSELY {{ fence }} {{ evidence }} {{ question }}\n"
    )
    assert "TERSELY" in prompt_for(news, prompts=tmp_path)
    assert news.assistant(prompts=tmp_path).recipe != news.assistant().recipe


# --- streams


def test_words_arrive_while_the_model_writes(news: News) -> None:
    news.server.script(writes(GOOD, pause=0.01))
    events = list(news.assistant().stream(QUESTION))
    answer_of(events)
    assert [event.stage for event in events if isinstance(event, Working)] == ["searching", "writing", "checking"]
    checking = events.index(Working("checking"))
    early = [event for event in events[:checking] if isinstance(event, Text)]
    assert len(early) >= 5
    assert "".join(event.text for event in early) == "The mayor resigned on Monday [1]."
    assert sum(isinstance(event, Cited) for event in events) == 1


def test_a_footnote_follows_its_mark_at_once(news: News) -> None:
    news.server.script(writes("Paul Meyer will lead the city [{will lead the city}]. " + GOOD))
    events = list(news.assistant().stream(QUESTION))
    shown = ""
    for event in events:
        if isinstance(event, Text):
            shown += event.text
        elif isinstance(event, Cited):
            assert shown.endswith(f"[{event.citation.number}]")


def test_closing_a_stream_closes_the_request(news: News) -> None:
    news.server.script(words("The mayor ", *["resigned "] * 200, pause=0.05))
    stream = news.assistant().stream(QUESTION)
    for event in stream:
        if isinstance(event, Text):
            break
    stream.close()  # type: ignore[attr-defined]
    assert news.server.sees_the_client_go()


def test_many_questions_share_one_assistant(news: News) -> None:
    news.server.otherwise = writes(GOOD)
    assistant = news.assistant()
    answers = list(assistant.ask_many([QUESTION] * 12, workers=6))
    assert [answer.text for answer in answers] == ["The mayor resigned on Monday [1]."] * 12


def test_a_folder_without_the_word_for_an_answer_still_asks_the_model_honestly(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Bakers strike\nBread is short\nBakers in Brest began a strike over flour prices.")
    with FaultServer() as server:
        server.otherwise = words(NOT_THERE)
        flags = {"model": "scripted", "base_url": server.url, "retries": 0}
        assistant = Assistant(load_settings(corpus=tmp_path, index=tmp_path.parent / f"{tmp_path.name}-i", **flags))
        assistant.sync()
        answer = assistant.ask("Qui a gagné la coupe?")
        assistant.close()
    assert answer.status == "abstained"


# --- a real model


@pytest.mark.slow
def test_a_real_model_answers_over_http_in_a_stream_that_is_checked(news: News, llama_server: ModelSpec) -> None:
    assistant = news.assistant(
        model=llama_server.name,
        base_url=llama_server.url,
        api_key=llama_server.api_key,
        context_window=llama_server.context_window,
        max_tokens=64,
        passages=2,
        timeout=120.0,
    )
    outcomes = []
    asked = (QUESTION, "What did the repairs of the bridge cost?", "What damaged houses in Calais?")
    for question in asked[: sample(1, whole=3)]:
        events = list(assistant.stream(question))
        answer = answer_of(events)
        news.assert_exact(answer)
        writing, checking = (events.index(Working(stage)) for stage in ("writing", "checking"))
        assert sum(isinstance(event, Text) for event in events[writing:checking]) > 3
        assert answer.usage.calls >= 1
        assert answer.usage.prompt_tokens > 100
        assert answer.usage.completion_tokens > 3
        for statement in answer.statements:
            assert statement.citations or statement.support == "uncited"
        outcomes.append(answer.status)
    assert set(outcomes) & {"answered", "partial"}
