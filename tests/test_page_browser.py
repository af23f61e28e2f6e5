"""The page in a real browser, point by point."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from evals.cases import load_cases
from tests.browser import ARTICLES, ScriptedModel, Served, ask, chromium, keep, open_page, serve_for_all, serve_page
from tests.browser_answers import CLOSING, half_right, two_footnotes

__all__ = ["chromium", "open_page", "serve_for_all", "serve_page"]
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]  # gradio warns of its own use of pandas


@pytest.fixture(scope="module")
def served(serve_for_all: Callable[..., Served]) -> Served:
    return serve_for_all()


@pytest.fixture(scope="module")
def written(serve_for_all: Callable[..., Served]) -> Served:
    return serve_for_all(model=ScriptedModel(two_footnotes))


def test_an_answer_has_footnotes_that_show_their_source_when_pointed_at(served: Served, open_page: Any) -> None:
    page = open_page(served.url)
    ask(page, CLOSING)
    note = page.locator("#qa-transcript .qa-footnote").first
    assert note.inner_text() == "1"
    note.hover()
    tip = page.locator("#qa-tip")
    assert tip.is_visible()
    assert "Old bridge to close for repairs" in tip.inner_text()
    assert "2 Mar 2031" in tip.inner_text()
    assert "will close on 4 May" in tip.inner_text()
    keep(page, "tooltip")
    assert page.watch.clean()


def test_a_footnote_opens_its_article_at_the_marked_words(written: Served, open_page: Any) -> None:
    page = open_page(written.url)
    ask(page, CLOSING)
    page.locator("#qa-transcript .qa-footnote").nth(1).click()
    current = page.locator("#qa-side mark[data-current]")
    assert current.inner_text().startswith("The repairs will cost 12 million crowns")
    assert page.locator("#qa-side mark").count() == 2
    assert page.locator("#qa-side .qa-dim").count() == 1
    assert page.locator("#qa-side h2").inner_text() == "Old bridge to close for repairs"
    assert page.locator("#qa-side .qa-tab").count() == 2
    page.locator("#qa-side .qa-tab").nth(1).click()
    page.locator("#qa-side h2", has_text="Ferry to run").wait_for()
    assert page.locator("#qa-side mark[data-current]").is_visible()


def test_the_pane_scrolls_to_words_far_down(served: Served, open_page: Any) -> None:
    page = open_page(served.url)
    ask(page, "When does the last ferry leave?")
    page.locator("#qa-transcript .qa-footnote").first.click()
    mark = page.locator("#qa-side mark[data-current]")
    mark.wait_for()
    page.wait_for_timeout(300)
    box, pane = mark.bounding_box(), page.locator("#qa-side .qa-article-text").bounding_box()
    assert "two in the morning" in mark.inner_text()
    assert pane["y"] <= box["y"] <= pane["y"] + pane["height"]
    assert page.locator("#qa-side .qa-article-text").evaluate("element => element.scrollTop") > 500


def test_the_keyboard_alone_leads_through_the_footnotes(written: Served, open_page: Any) -> None:
    page = open_page(written.url)
    ask(page, CLOSING)
    page.locator("#qa-transcript .qa-footnote").first.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.textContent") == "2"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    place = page.locator("#qa-side .qa-place")
    place.filter(has_text="Footnote 1 of 3").wait_for()
    page.keyboard.press("n")
    place.filter(has_text="Footnote 2 of 3").wait_for()
    page.keyboard.press("n")
    place.filter(has_text="Footnote 3 of 3").wait_for()
    page.keyboard.press("p")
    place.filter(has_text="Footnote 2 of 3").wait_for()
    page.keyboard.press("Escape")
    page.locator("#qa-side .qa-pane-empty").wait_for()
    assert page.evaluate("document.activeElement.className") == "qa-footnote"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"


def test_what_is_not_supported_looks_so_without_colour(serve_page: Callable[..., Served], open_page: Any) -> None:
    page = open_page(serve_page(model=ScriptedModel(half_right)).url)
    ask(page, "What will the repairs cost?")
    page.locator("#qa-transcript [data-support=supported]").first.wait_for()
    doubtful = page.locator("#qa-transcript .qa-statement:not([data-support=supported])")
    assert doubtful.count() == 1
    verdict = doubtful.locator(".qa-verdict")
    assert re.search(r"Not supported|Partly supported", verdict.inner_text())
    assert "99" in verdict.inner_text() or "resign" in verdict.inner_text() or len(verdict.inner_text()) > 20
    assert doubtful.evaluate("element => getComputedStyle(element).textDecorationStyle") in ("wavy", "dotted")
    keep(page, "unsupported")


def test_without_an_answer_it_says_so_and_shows_the_nearest_passages(served: Served, open_page: Any) -> None:
    page = open_page(served.url)
    ask(page, "Who won the chess championship in Reykjavik?")
    calm = page.locator("#qa-transcript .qa-abstained")
    assert "do not seem to answer" in calm.inner_text()
    assert "Searched 3 articles" in calm.inner_text()
    assert page.locator("#qa-transcript .qa-footnote").count() == 0
    keep(page, "abstained")
    calm.locator(".qa-source").first.click()
    page.locator("#qa-side mark[data-current]").first.wait_for()


def test_it_says_that_no_language_model_is_there_and_how_to_add_one(
    served: Served, written: Served, open_page: Any
) -> None:
    page = open_page(served.url)
    banner = page.locator("#qa-banner")
    assert "No language model is configured" in banner.inner_text()
    banner.locator("summary").click()
    assert "QA_BASE_URL" in banner.inner_text()
    assert "No language model" not in open_page(written.url).locator("body").inner_text()


def test_a_follow_up_reaches_the_model_with_what_was_said(serve_page: Callable[..., Served], open_page: Any) -> None:
    model = ScriptedModel(
        lambda prompt: two_footnotes(prompt) if "[1]" in prompt else "What will the repairs of the bridge cost?"
    )
    page = open_page(serve_page(model=model).url)
    ask(page, CLOSING)
    ask(page, "And what will it cost?")
    assert page.locator("#qa-transcript .qa-turn").count() == 2
    assert any(CLOSING in prompt and "And what will it cost?" in prompt for prompt in model.asked)


def test_a_question_can_be_edited_and_asked_again(served: Served, open_page: Any) -> None:
    page = open_page(served.url)
    ask(page, CLOSING)
    ask(page, "How much does the night ferry cost?")
    page.locator("#qa-transcript .qa-turn").first.get_by_role("button", name="Edit").click()
    box = page.locator("#qa-question textarea")
    page.wait_for_function("document.querySelector('#qa-question textarea').value.startsWith('When will')")
    box.fill("What did the school roof cost?")
    box.press("Enter")
    page.locator("#qa-transcript .qa-question", has_text="school roof").wait_for()
    assert page.locator("#qa-transcript .qa-turn").count() == 1
    page.get_by_role("button", name="Ask again").click()
    page.wait_for_timeout(1000)
    page.locator("#qa-transcript .qa-question", has_text="school roof").wait_for()
    assert page.locator("#qa-transcript .qa-turn").count() == 1
    assert "800,000" in page.locator("#qa-transcript").inner_text()


def test_stop_keeps_what_is_there_and_says_that_it_is_not_checked(
    serve_page: Callable[..., Served], open_page: Any
) -> None:
    page = open_page(serve_page(model=ScriptedModel(lambda prompt: "The bridge is old. " * 400, pause=0.05)).url)
    ask(page, CLOSING, wait=False)
    page.locator("#qa-live .qa-words", has_text="The bridge is old").wait_for()
    page.get_by_role("button", name="Stop").click()
    page.locator("#qa-transcript", has_text="Stopped before the end").wait_for(timeout=5000)
    page.get_by_role("button", name="Ask", exact=True).wait_for()
    assert "The bridge is old." in page.locator("#qa-transcript .qa-words").inner_text()
    assert page.locator("#qa-live .qa-turn").count() == 0


def test_conversations_are_kept_and_can_be_reopened_after_a_reload(served: Served, open_page: Any) -> None:
    page = open_page(served.url)
    ask(page, CLOSING)
    page.wait_for_timeout(800)
    page.reload()
    page.wait_for_selector("#qa-question textarea")
    assert page.locator("#qa-transcript .qa-turn").count() == 0
    open_sidebar(page)
    page.locator("#qa-past .qa-source").click()
    page.locator("#qa-transcript .qa-turn").wait_for()
    keep(page, "sidebar")
    page.locator("#qa-transcript .qa-footnote").first.evaluate("element => element.click()")
    page.locator("#qa-side mark[data-current]").wait_for()
    page.get_by_role("button", name="New conversation").click()
    page.locator("#qa-transcript .qa-welcome").wait_for()
    page.get_by_role("button", name=re.compile("Delete conversation")).click()
    page.locator("#qa-past", has_text="are kept in this browser").wait_for()


def test_a_conversation_can_be_saved_as_markdown_and_json(served: Served, open_page: Any) -> None:
    page = open_page(served.url)
    ask(page, CLOSING)
    open_sidebar(page)
    with page.expect_download() as download:
        page.locator("#qa-json").click()
    answers = json.loads(download.value.path().read_text("utf-8"))
    citation = answers[0]["citations"][0]
    article = served.assistant.article(citation["article_id"])
    assert article.text[citation["start"] : citation["end"]] == citation["quote"]
    with page.expect_download() as download:
        page.locator("#qa-markdown").click()
    text = download.value.path().read_text("utf-8")
    assert text.startswith(f"## {CLOSING}")
    assert f"`bridge.md` {citation['start']}:{citation['end']}" in text


def test_an_answer_is_copied_with_its_footnotes(served: Served, open_page: Any) -> None:
    page = open_page(served.url, permissions=["clipboard-read", "clipboard-write"])
    ask(page, CLOSING)
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "[1] Old bridge to close for repairs, 2 Mar 2031: “" in copied


def test_articles_are_listed_found_and_opened(served: Served, open_page: Any) -> None:
    page = open_page(served.url)
    page.get_by_role("tab", name="Articles").click()
    titles = page.locator("#qa-articles .qa-title")
    titles.first.wait_for()
    assert titles.all_inner_texts() == [
        "Ferry to run at night during the closure",
        "Old bridge to close for repairs",
        "School gets a new roof",
    ]
    keep(page, "articles")
    page.get_by_label("From (YYYY-MM-DD)").last.fill("2031-03-01")
    page.get_by_label("From (YYYY-MM-DD)").last.press("Enter")
    page.locator("#qa-articles", has_text="2 of 2 articles").wait_for()
    page.get_by_label("Find articles").fill("bridge repairs cost")
    page.get_by_label("Find articles").press("Enter")
    page.locator("#qa-articles", has_text="best first").wait_for()
    assert titles.first.inner_text() == "Old bridge to close for repairs"
    page.locator("#qa-articles .qa-source").first.click()
    page.locator("#qa-side h2", has_text="Old bridge").wait_for()


def test_articles_are_added_and_removed_while_questions_go_on(
    serve_page: Callable[..., Served], open_page: Any, tmp_path: Any
) -> None:
    served = serve_page()
    (tmp_path / "zoo.txt").write_text(
        "Zoo opens a new house\nThe zoo in Elm Street bought seven penguins in April.", "utf-8"
    )
    (tmp_path / "empty.txt").write_text("", "utf-8")
    page = open_page(served.url)
    page.get_by_role("tab", name="Articles").click()
    page.get_by_role("button", name="Add articles").click()
    page.set_input_files("#qa-files input[type=file]", [tmp_path / "zoo.txt", tmp_path / "empty.txt"])
    results = page.locator("#qa-results")
    results.locator(".qa-outcomes").wait_for()
    assert "1 article added from 2 files" in results.inner_text()
    assert "not added" in results.locator(".qa-refused").inner_text()
    assert (served.corpus / "added" / "zoo.txt").is_file()
    page.get_by_role("tab", name="Ask").click()
    ask(page, "How many penguins did the zoo buy?")
    assert "seven penguins" in page.locator("#qa-transcript").inner_text()
    page.get_by_role("tab", name="Articles").click()
    page.get_by_role("button", name="Remove Zoo opens").click()
    page.locator("#qa-removing").first.get_by_role("button", name="Remove").click()
    page.locator("#qa-results", has_text="Removed added/zoo.txt").wait_for()
    assert not (served.corpus / "added" / "zoo.txt").exists()
    assert (served.corpus / ".removed" / "zoo.txt").is_file()


def test_a_text_can_be_pasted(serve_page: Callable[..., Served], open_page: Any) -> None:
    served = serve_page()
    page = open_page(served.url)
    page.get_by_role("tab", name="Articles").click()
    page.get_by_role("button", name="Add articles").click()
    page.get_by_role("tab", name="Text").click()
    page.get_by_label("Title").fill("Library burns")
    page.get_by_label("Date (YYYY-MM-DD)", exact=True).fill("2031-05-05")
    page.get_by_label("Text of the article").fill("The library in Oak Lane burned down on Sunday.")
    page.get_by_role("button", name="Add this text").click()
    page.locator("#qa-results", has_text="1 article added").wait_for()
    assert served.assistant.article("added/Library burns.json").published == "2031-05-05"


def test_a_bad_answer_becomes_a_case_that_the_evaluation_reads(served: Served, open_page: Any) -> None:
    page = open_page(served.url)
    ask(page, CLOSING)
    page.get_by_role("button", name="Good answer").click()
    page.get_by_text("Kept on this machine").wait_for()
    page.get_by_role("button", name="Bad answer").click()
    page.get_by_text("Something is missing").click()
    page.get_by_label("What would have been right?").fill("The repairs will cost 12 million crowns")
    page.get_by_role("button", name="Send").click()
    page.locator("#qa-voting").first.wait_for(state="hidden")
    articles = {name: served.assistant.article(name).text for name in ARTICLES}
    good, bad = load_cases(served.feedback, articles)
    assert good.question == bad.question == CLOSING
    assert good.answerable
    assert bad.answers == ("The repairs will cost 12 million crowns",)
    assert "reason:incomplete" in bad.tags


def open_sidebar(page: Any) -> None:
    page.locator("#qa-sidebar .toggle-button, .toggle-button").first.click()
    page.locator("#qa-new").wait_for()
