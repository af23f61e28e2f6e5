"""Which sentences are taken for a statement, and what they say to it; drafts put together again."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.citations import MarkerRewriter, NumberedSentences, Rewritten, number_sentences
from qa.records import Passage, Span
from qa.revision import assemble, drafts
from qa.support import Support
from qa.verify import Evidence, Verdict, verify

LYON = (
    "Ana Ruiz resigned on Monday.",
    "She said that the council had blocked her plan for 14 months.",
    "Repairs of the bridge cost $2.4 million.",
)
CALAIS = ("Storm Ida damaged 120 houses in Calais.", "Two fishermen were injured.")


def passage(article_id: str, sentences: tuple[str, ...], score: float) -> Passage:
    text, spans = "", []
    for sentence in sentences:
        spans.append(Span(len(text), len(text) + len(sentence) + 1))
        text += sentence + " "
    return Passage(article_id, 0, len(text), text, tuple(spans), f"About {article_id}", "2024-03-04", score=score)


@pytest.fixture
def numbered() -> NumberedSentences:
    return number_sentences([passage("lyon", LYON, 2.0), passage("calais", CALAIS, 1.0)])


@pytest.fixture
def support(numbered: NumberedSentences) -> Support:
    return Support(numbered, verify)


def test_a_statement_is_judged_by_what_it_cites(support: Support) -> None:
    assert support.judge("Ana Ruiz resigned on Monday.", [1]).verdict.support == "supported"
    assert support.judge("Ana Ruiz resigned on Monday.", [5]).verdict.support == "unsupported"
    assert support.judge("Ana Ruiz resigned on Monday.", []).verdict.support == "uncited"


def test_the_best_sentence_is_found(support: Support) -> None:
    found = support.look_up("Two fishermen were injured.")
    assert (found.sources, found.verdict.support, found.stands) == ((5,), "supported", True)


def test_several_sentences_of_one_article_are_found_together(support: Support) -> None:
    found = support.look_up(
        "Ana Ruiz resigned on Monday, and she said that the council had blocked her plan for 14 months."
    )
    assert (found.sources, found.verdict.support) == ((1, 2), "supported")


def test_sentences_of_several_articles_are_found_together(support: Support) -> None:
    found = support.look_up("Ana Ruiz resigned on Monday and two fishermen were injured.")
    assert (found.sources, found.verdict.support) == ((1, 5), "supported")


def test_nothing_in_common_gives_no_sentences(support: Support) -> None:
    found = support.look_up("Bananas ripen slowly.")
    assert (found.sources, found.verdict.support, found.stands) == ((), "uncited", False)


def test_no_sentence_is_kept_that_the_statement_stands_without(numbered: NumberedSentences) -> None:
    def check(statement: str, evidence: list[Evidence]) -> Verdict:
        text = " ".join(one.text for one in evidence)
        enough = len(text.split()) > 8 and "14 months" in text
        return Verdict("supported") if enough else Verdict("unsupported", "too little", 0.1)

    found = Support(numbered, check).look_up("Ana Ruiz said that her plan for 14 months was blocked on Monday.")  # type: ignore[arg-type]
    assert found.sources == (2,)


def test_a_check_sees_neighbours_as_one_and_what_stands_before(numbered: NumberedSentences) -> None:
    seen: list[Evidence] = []

    def check(statement: str, evidence: list[Evidence]) -> Verdict:
        seen.extend(evidence)
        return Verdict("supported")

    Support(numbered, check).judge("x", [3, 2, 5])  # type: ignore[arg-type]
    assert [one.text for one in seen] == [f"{LYON[1]} {LYON[2]}", CALAIS[1]] * 2
    assert [one.context for one in seen] == [LYON[0], CALAIS[0], "", ""]
    assert [one.title for one in seen] == ["About lyon", "About calais"] * 2
    assert {one.published for one in seen} == {"2024-03-04"}


def test_he_and_she_are_read_with_the_sentence_before(support: Support) -> None:
    assert (
        support.look_up("Ruiz said that the council had blocked her plan for 14 months.").verdict.support == "supported"
    )


# --- revision


def rewritten(text: str) -> Rewritten:
    rewriter = MarkerRewriter(range(1, 20))
    rewriter.feed(text)
    rewriter.finish()
    return rewriter.result()


def test_drafts_are_the_statements_without_their_marks() -> None:
    found = drafts(rewritten("It rained [7]. It snowed [3][7] a lot."))
    assert [(draft.words, draft.sources) for draft in found] == [("It rained.", (7,)), ("It snowed a lot.", (3, 7))]


def test_unchanged_drafts_give_the_same_text() -> None:
    written = rewritten("- It rained [7].\n- It snowed [3][7] a lot.\n\nAnd **more** [2].")
    done = assemble(written, drafts(written))
    assert (done.text, done.sources) == (written.text, written.sources)


def test_footnotes_are_numbered_anew_where_drafts_go() -> None:
    written = rewritten("It rained [7]. It snowed [3]. It froze [7][5].")
    first, _, last = drafts(written)
    done = assemble(written, [last])
    assert (done.text, done.sources) == ("It froze [1][2].", (7, 5))
    done = assemble(written, [first, last])
    assert (done.text, done.sources) == ("It rained [1]. It froze [1][2].", (7, 5))


def test_new_sources_are_written_behind_the_words() -> None:
    written = rewritten("It rained [7]. It snowed.")
    first, last = drafts(written)
    done = assemble(written, [first, last.with_verdict((7, 9), Verdict("supported"))])
    assert (done.text, done.sources) == ("It rained [1]. It snowed. [1][2]", (7, 9))
    assert [statement.citations for statement in done.statements] == [(1,), (1, 2)]


@given(
    st.lists(
        st.sampled_from(["It rained", " [3]", "[7]", ". ", "\n", "- ", "“", "\N{TROPHY}", "1.5 ", "Mr. X"]), max_size=20
    ),
    st.data(),
)
def test_whatever_is_kept_statements_lie_in_the_text_in_order(parts: list[str], data: st.DataObject) -> None:
    written = rewritten("".join(parts))
    kept = [draft for draft in drafts(written) if data.draw(st.booleans())]
    done = assemble(written, kept)
    place = 0
    for statement, draft in zip(done.statements, kept, strict=True):
        assert place <= statement.start < statement.end <= len(done.text)
        assert all(f"[{number}]" in done.text[statement.start : statement.end] for number in statement.citations)
        shown = re.sub(r"\[\d+\]|\s", "", done.text[statement.start : statement.end])
        assert shown == re.sub(r"\s", "", draft.words)
        assert [done.sources[number - 1] for number in statement.citations] == list(draft.sources)
        place = statement.end


def test_what_only_the_sentence_before_says_is_cited_with_it(support: Support) -> None:
    found = support.judge("Ana Ruiz said that the council had blocked her plan for 14 months.", [2])
    assert (found.sources, found.verdict.support) == ((1, 2), "supported")
