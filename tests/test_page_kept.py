"""What the page keeps and hands out: votes, exports, saved conversations."""

import json
from pathlib import Path

import pytest

from evals.cases import load_cases
from qa.assistant import Assistant
from qa.page import export, history
from qa.page.asking import locate
from qa.page.conversation import Asked, Conversation, from_saved, to_saved
from qa.page.feedback import Feedback, Opinion, to_case
from qa.records import Answer, Article, Citation, Statement, Turn
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


# ---- votes


@pytest.mark.parametrize(
    ("answer", "opinion", "where"),
    [
        (ANSWER, Opinion("up"), None),
        (ANSWER, Opinion("down", "wrong"), None),
        (ANSWER, Opinion("down", "missed", "Three slept"), NOTES[1]),
        (Answer("Who flew?", "abstained", ""), Opinion("up"), None),
        (Answer("Who flew?", "abstained", ""), Opinion("down", "missed", "not in any article"), None),
    ],
)
def test_every_vote_is_a_case_that_the_evaluation_reads(
    tmp_path: Path, answer: Answer, opinion: Opinion, where: Citation | None
) -> None:
    feedback = Feedback(tmp_path / "kept" / "feedback.jsonl")
    name = feedback.add(answer, [Turn("Before?", "Yes.")], opinion, where)
    (case,) = load_cases(feedback.path, {"a.txt": ARTICLE.text})
    assert case.id == name
    assert case.history == (Turn("Before?", "Yes."),)
    kept = json.loads((tmp_path / "kept" / "feedback.answers.jsonl").read_text("utf-8"))
    assert Answer.from_dict(kept["answer"]) == answer


def test_what_is_not_known_to_be_right_is_marked_for_review() -> None:
    assert "review" in to_case(ANSWER, [], Opinion("down", "wrong"), None)["tags"]
    assert "review" not in to_case(ANSWER, [], Opinion("up"), None)["tags"]


def test_copied_words_are_located_in_their_article(assistant: Assistant) -> None:
    found = locate(assistant, "old bridge will close on 4 May")
    assert found is not None
    assert assistant.article(found.article_id).text[found.start : found.end] == "old bridge will close on 4 May"
    assert locate(assistant, "old bridge will never close") is None
    assert locate(assistant, "…") is None


# ---- exports and saved conversations


def test_markdown_cannot_be_forged_by_what_it_quotes() -> None:
    nasty = "![x](https://evil.example/p.png) <script>1</script> `code` # Head"
    text = f"{nasty} [1]."
    note = Citation(1, "a`b.txt", nasty, None, 0, 5, nasty)
    answer = Answer(nasty, "answered", text, (Statement(0, len(text), (1,), "partial", nasty),), (note,), model=nasty)
    markdown = export.to_markdown([Asked(nasty, answer)])
    assert "![x]" not in markdown
    assert "<script>" not in markdown
    assert "`a`b" not in markdown
    assert "Partly supported" in markdown


def test_a_conversation_survives_the_browsers_store() -> None:
    held = Conversation(
        "c1", [Asked("What ran?", ANSWER), Asked("Who?", Answer("Who?", "abstained", ""), (), "Searched 3.")]
    )
    again = from_saved(json.loads(json.dumps(to_saved(held))))
    assert again.id == "c1"
    assert again.turns == held.turns


@pytest.mark.parametrize(
    "junk", [None, 1, "x", {}, [1], [{"id": 1}], [{"id": "a", "turns": [{"answer": {}}]}], [{"turns": 3}]]
)
def test_junk_in_the_browsers_store_is_no_conversation(junk: object) -> None:
    assert history.find(junk, "a") is None
    assert "kept in this browser" in history.history_list(junk, "")
    assert history.remember(junk, Conversation()) == []


def test_old_conversations_make_room() -> None:
    saved: history.Saved = []
    for number in range(history.MOST + 5):
        saved = history.remember(saved, Conversation(f"c{number}", [Asked("What ran?", ANSWER)]))
    assert len(saved) == history.MOST
    assert saved[0]["id"] == f"c{history.MOST + 4}"
    assert history.forget(saved, saved[0]["id"]) == saved[1:]
