"""What the commands print for a person; with ``--json`` the same as data."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from qa.errors import QuestionError
from qa.records import Answer, Article, Passage, Span

if TYPE_CHECKING:
    from qa.assistant import Assistant
    from qa.doctor import Finding
    from qa.index.sync import Plan, SyncReport

_NOTED_FILES = 5


def console(*, stderr: bool = False) -> Console:
    """The terminal; wraps at its width, or not at all where the output is not a terminal."""
    return Console(stderr=stderr, highlight=False, soft_wrap=not sys.stdout.isatty())


@contextmanager
def progress(title: str) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on stderr, shown once there is something to wait for; nothing where stderr is not a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import Progress

    bar = Progress(console=Console(stderr=True), transient=True)
    task = bar.add_task(title, total=None)

    def update(done: int, total: int) -> None:
        bar.start()
        bar.update(task, completed=done, total=total)

    try:
        yield update
    finally:
        bar.stop()


def show_plan(plan: Plan, as_json: bool) -> None:
    """What a synchronisation would read."""
    counts = {"changed_files": len(plan.changed), "unchanged_files": len(plan.kept), "gone_files": len(plan.gone)}
    if as_json:
        _print_json(counts)
        return
    out = console()
    out.print(f"would read {len(plan.changed)} new or changed files, {plan.bytes / 1e6:.1f} MB")
    out.print(f"would keep {len(plan.kept)} files and drop the articles of {len(plan.gone)}")


def show_sync(report: SyncReport, as_json: bool) -> None:
    """What a synchronisation did."""
    if as_json:
        _print_json(dataclasses.asdict(report))
        return
    out = console()
    out.print(
        f"{report.articles} articles: {report.added} added, {report.changed} changed, {report.removed} removed, "
        f"{report.unchanged} unchanged; {report.embedded} passages embedded, {report.reused} used again"
    )
    report_files(report, limit=None)


def report_files(report: SyncReport, limit: int | None = _NOTED_FILES) -> None:
    """Names skipped and odd files with the reason, and what was mended, on stderr."""
    err = console(stderr=True)
    for line in report.mended:
        err.print(f"mended: {line}", style="yellow", markup=False)
    for file in report.files[:limit]:
        err.print(f"{file.outcome}: {file.path}: {file.reason}", style="yellow", markup=False)
    if limit is not None and len(report.files) > limit:
        err.print(f"... and {len(report.files) - limit} more; 'qa index' lists them", style="yellow")


def show_answer(answer: Answer, assistant: Assistant) -> None:
    """The answer, then its numbered sources with title, date and the quoted words."""
    out = console()
    if answer.status == "abstained":
        out.print(Text("The articles do not say."), style="bold")
        if answer.passages:
            out.print("Nearest passages:", style="dim")
        for reference in answer.passages[:3]:
            article = assistant.article(reference.article_id)
            words = _shortened(article.text[reference.start : reference.end], 160)
            out.print(f"  [bold]{escape(article.title or article.id)}[/] [dim]{escape(words)}[/]")
        return
    out.print(_styled_answer(answer))
    out.print()
    for citation in answer.citations:
        place = f"{citation.article_id}:{citation.start}-{citation.end}"
        details = ", ".join(part for part in (citation.published or "", place) if part)
        out.print(
            f"[bold cyan]\\[{citation.number}][/] [bold]{escape(citation.title or citation.article_id)}[/]"
            f"  [dim]{escape(details)}[/]"
        )
        out.print(Text(f"    “{citation.quote}”", style="italic"))
    if answer.model == "extractive":
        console(stderr=True).print(
            "\nNo language model is set up: these are sentences of the articles, word for word. "
            "Set OPENAI_API_KEY, or QA_BASE_URL and QA_MODEL, for written answers.",
            style="dim",
        )


def show_passages(passages: Sequence[Passage]) -> None:
    """Passages, best first."""
    out = console()
    for rank, passage in enumerate(passages, start=1):
        details = ", ".join(part for part in (passage.published or "", passage.source) if part)
        place = f"{passage.article_id}:{passage.start}-{passage.end}"
        out.print(
            f"[bold cyan]{rank:>2}[/] [bold]{escape(passage.title or passage.article_id)}[/]"
            f"  [dim]{escape(details)} {escape(place)} ({passage.score:.2f})[/]"
        )
        out.print(Text(_shortened(passage.text, 300)), style="none")


def show_article(article: Article, marked: Span | None, as_json: bool) -> None:
    """An article's text, a range of it marked; as JSON also its title, date, source and address."""
    if as_json:
        data: dict[str, Any] = dataclasses.asdict(article)
        if marked:
            data |= {"start": marked.start, "end": marked.end, "quote": marked.of(article.text)}
        _print_json(data)
        return
    out = console()
    details = ", ".join(part for part in (article.published or "", article.source, article.url) if part)
    if details:
        out.print(Text(details), style="dim")
    text = Text(article.text)
    if marked:
        text.stylize("bold reverse", marked.start, marked.end)
        if not out.is_terminal:
            text = Text(f"{article.text[: marked.start]}>>>{marked.of(article.text)}<<<{article.text[marked.end :]}")
    out.print(text)


def parse_span(span: str, article: Article) -> Span:
    """The range ``A:B`` of an article.

    Raises:
        QuestionError: if it is malformed or outside the article.
    """
    start, _, end = span.partition(":")
    length = len(article.text)
    if not (start.strip().isdecimal() and end.strip().isdecimal() and int(start) < int(end) <= length):
        raise QuestionError(f"--span {span!r} is no range of {article.id!r}: give A:B with 0 <= A < B <= {length}")
    return Span(int(start), int(end))


def show_findings(findings: Sequence[Finding], as_json: bool) -> None:
    """What was examined, what is wrong and which command mends it."""
    if as_json:
        _print_json([dataclasses.asdict(finding) for finding in findings])
        return
    out = console()
    for finding in findings:
        mark = "[green]ok  [/]" if finding.well else "[red]BAD [/]"
        out.print(f"{mark} [bold]{escape(finding.name)}[/]: {escape(finding.message)}")
        if finding.remedy:
            out.print(f"       -> {escape(finding.remedy)}")


def _styled_answer(answer: Answer) -> Text:
    text = Text(answer.text)
    for statement in answer.statements:
        if statement.support in ("unsupported", "partial"):
            text.stylize("yellow", statement.start, statement.end)
    text.highlight_regex(r"\[\d+\]", "bold cyan")
    return text


def _shortened(text: str, length: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= length else flat[: length - 1].rsplit(" ", 1)[0] + "…"


def _print_json(data: Any) -> None:
    sys.stdout.write(json.dumps(data, ensure_ascii=False) + "\n")
