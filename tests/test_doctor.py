"""The examination: what is wrong is named, with the command that mends it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.assistant import Assistant
from qa.doctor import Finding, examine
from qa.prompts import prompt_names
from qa.settings import load_settings
from tests import fault_replies as replies
from tests.fault_replies import words
from tests.fault_server import FaultServer

pytestmark = pytest.mark.slow

pytest_plugins = ["tests.news_fixtures"]


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer("scripted", "other") as running:
        yield running


@pytest.fixture
def corpus(tmp_path: Path, plain_environment: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one article and its index beside it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("qa.doctor._crash_in_opening", lambda flags: 0)  # tried in test_reliability_crash, in processes
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "a.txt").write_text("Bakers strike\nBread is short\nBakers in Brest began a strike over flour prices.")
    Assistant(load_settings(corpus=folder, index=tmp_path / "index", model="extractive")).sync()
    return folder


def examined(place: Path, **flags: object) -> dict[str, Finding]:
    """The findings by name; the first one where there are several."""
    findings = examine(**{"corpus": place, "index": place.parent / "index", "model": "extractive", **flags})
    return {finding.name: finding for finding in reversed(findings)}


def bad(findings: dict[str, Finding]) -> list[str]:
    return [name for name, finding in findings.items() if not finding.well]


def test_all_is_well(corpus: Path) -> None:
    findings = examined(corpus)
    assert set(findings) == {"settings", "articles", "embedder", "index", "prompts", "model"}
    assert bad(findings) == [], findings["index"]
    assert "1 articles" in findings["index"].message
    assert "word for word" in findings["model"].message
    assert "OPENAI_API_KEY" in findings["model"].remedy


def test_nothing_is_written(corpus: Path) -> None:
    shutil.rmtree(corpus.parent / "index")
    findings = examined(corpus)
    assert bad(findings) == ["index"]
    assert findings["index"].remedy == "qa index"
    assert not (corpus.parent / "index").exists()


def test_articles_that_changed_are_counted(corpus: Path) -> None:
    (corpus / "b.txt").write_text("Mill burns\nNo one was hurt\nA flour mill near Brest burned down on Tuesday.")
    finding = examined(corpus)["index"]
    assert (finding.well, finding.remedy) == (False, "qa index")
    assert "1 new or changed files" in finding.message


def test_a_missing_and_an_empty_folder_are_named(corpus: Path) -> None:
    missing = examined(corpus, corpus=corpus / "none")
    assert "articles" in bad(missing)
    assert "none" in missing["articles"].message
    empty = corpus.parent / "empty"
    empty.mkdir()
    assert "articles" in bad(examined(corpus, corpus=empty))


def test_a_damaged_index_is_named_with_its_remedy(corpus: Path) -> None:
    for catalogue in (corpus.parent / "index").rglob("catalog.sqlite3"):
        catalogue.write_bytes(b"this is no database" * 100)
    finding = examined(corpus)["index"]
    assert not finding.well
    assert "qa index" in finding.remedy


def test_a_bad_setting_ends_the_examination(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_PASSAGES", "many")
    findings = examined(corpus)
    assert (list(findings), bad(findings)) == (["settings"], ["settings"])
    assert "passages" in findings["settings"].message


@pytest.mark.parametrize("name", prompt_names())
def test_a_broken_prompt_is_named(corpus: Path, name: str) -> None:
    prompts = corpus.parent / "prompts"
    prompts.mkdir()
    (prompts / f"{name}.md").write_text("no front matter")
    findings = examined(corpus, prompts=prompts)
    assert bad(findings) == ["prompts"]
    assert f"{name}.md" in findings["prompts"].message


def test_an_embedder_that_is_not_there_is_named(corpus: Path) -> None:
    findings = examined(corpus, embedder=str(corpus / "no-model"))
    assert "embedder" in bad(findings)
    assert findings["articles"].well


def test_a_model_that_answers_is_well(corpus: Path, server: FaultServer) -> None:
    server.script(words("Hello."))
    findings = examined(corpus, model="scripted", base_url=server.url)
    assert bad(findings) == [], findings["index"]
    assert "scripted" in findings["model"].message


def test_a_model_that_fails_is_named_with_the_advice(corpus: Path, server: FaultServer) -> None:
    server.script(replies.bad_key())
    finding = examined(corpus, model="scripted", base_url=server.url, retries=0)["model"]
    assert not finding.well
    assert "refused the key" in finding.message
    assert "QA_API_KEY" in finding.remedy


def test_a_server_that_is_not_there_is_named(corpus: Path) -> None:
    finding = examined(corpus, model="scripted", base_url="http://127.0.0.1:9/v1", retries=0)["model"]
    assert not finding.well
    assert "QA_BASE_URL" in finding.remedy
