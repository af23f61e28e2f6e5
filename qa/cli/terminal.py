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

from qa.cli.plain import plain
from qa.errors import QuestionError
from qa.records import Answer, Article, Citation, Passage, Span, Statement, Usage

if TYPE_CHECKING:
    from qa.assistant import Assistant
    from qa.cli.checking import Checked
    from qa.doctor import Finding
    from qa.index.sync import Plan, SyncReport
    from qa.settings import Settings

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
        _print_json({"articles": report.articles, **dataclasses.asdict(report)})
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
        err.print(plain(f"{file.outcome}: {file.path}: {file.reason}"), style="yellow", markup=False)
    if limit is not None and len(report.files) > limit:
        err.print(f"... and {len(report.files) - limit} more; 'qa index' lists them", style="yellow")


def show_answer(answer: Answer, assistant: Assistant) -> None:
    """The answer, then its numbered sources with title, date and the quoted words."""
    out = console()
    if answer.status == "abstained":
        from qa.citations.addresses import without_addresses

        out.print(Text("The articles do not say."), style="bold")
        if answer.passages:
            out.print("Nearest passages:", style="dim")
        for reference in answer.passages[:3]:
            article = assistant.article(reference.article_id)
            words = _shortened(without_addresses(article.text[reference.start : reference.end]), 160)
            out.print(f"  [bold]{_safe(article.title or article.id)}[/] [dim]{_safe(words)}[/]")
        _show_trouble(answer)
        return
    out.print(_styled(answer.text, answer.statements))
    out.print()
    _show_citations(answer.citations, assistant)
    err = console(stderr=True)
    for statement in answer.statements:
        if statement.support != "supported":
            err.print(plain(f"{statement.support}: {statement.reason}"), style="yellow", markup=False)
    _show_trouble(answer)
    if answer.model == "extractive":
        err.print(
            "\nNo language model is set up: these are sentences of the articles, word for word. "
            "Set OPENAI_API_KEY, or QA_BASE_URL and QA_MODEL, for written answers.",
            style="dim",
        )
    elif answer.usage.calls:
        err.print(f"\n{plain(answer.model)}: {spent(answer.usage, assistant.settings)}", style="dim", markup=False)


def spent(usage: Usage, settings: Settings) -> str:
    """What some use of the model came to, and its price where that is known."""
    calls = f"{usage.calls} call{'s' * (usage.calls != 1)}"
    tokens = f"{usage.prompt_tokens + usage.completion_tokens} tokens in {calls}"
    price = settings.price(usage)
    return tokens if price is None else f"{tokens}, price {price:.4f}"


def _show_trouble(answer: Answer) -> None:
    if answer.error:
        console(stderr=True).print(plain(f"qa: {answer.error}"), style="yellow", markup=False)


def show_check(result: Checked, assistant: Assistant) -> None:
    """A text's sentences, each with its support, the reason, and the words it was held against."""
    if result.check is None:
        console(stderr=True).print(plain(f"qa: {result.error}"), markup=False)
        return
    out = console()
    colours = {"supported": "green", "partial": "yellow", "unsupported": "red", "uncited": "red"}
    if result.asked.id:
        out.print(Text(plain(result.asked.id)), style="bold")
    for statement in result.check.statements:
        words = " ".join(result.check.text[statement.start : statement.end].split())
        marks = "".join(f"[{number}]" for number in statement.citations)
        reason = f"  ({statement.reason})" if statement.reason else ""
        line = Text(f"{statement.support:<11} ", style=colours[statement.support])
        line.append(plain(f"{words} {marks}"), style="none").append(plain(reason), style="dim")
        out.print(line)
    out.print()
    _show_citations(result.check.citations, assistant)


def show_passages(passages: Sequence[Passage]) -> None:
    """Passages, best first."""
    out = console()
    for rank, passage in enumerate(passages, start=1):
        details = ", ".join(part for part in (passage.published or "", passage.source) if part)
        place = f"{passage.article_id}:{passage.start}-{passage.end}"
        out.print(
            f"[bold cyan]{rank:>2}[/] [bold]{_safe(passage.title or passage.article_id)}[/]"
            f"  [dim]{_safe(details)} {_safe(place)} ({passage.score:.2f})[/]"
        )
        out.print(Text(plain(_shortened(passage.text, 300))), style="none")


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
        out.print(Text(plain(details)), style="dim")
    text = Text(plain(article.text))
    if marked:
        text.stylize("bold reverse", marked.start, marked.end)
        if not out.is_terminal:
            words = article.text
            text = Text(plain(f"{words[: marked.start]}>>>{marked.of(words)}<<<{words[marked.end :]}"))
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
        out.print(f"{mark} [bold]{_safe(finding.name)}[/]: {_safe(finding.message)}")
        if finding.remedy:
            out.print(f"       -> {_safe(finding.remedy)}")


def _show_citations(citations: Sequence[Citation], assistant: Assistant) -> None:
    from qa.particulars import particulars

    out = console()
    for citation in citations:
        place = f"{citation.article_id}:{citation.start}-{citation.end}"
        details = ", ".join(part for part in (citation.published or "", place) if part)
        out.print(
            f"[bold cyan]\\[{citation.number}][/] [bold]{_safe(citation.title or citation.article_id)}[/]"
            f"  [dim]{_safe(details)}[/]"
        )
        lines = plain(citation.quote).split("\n")
        out.print(Text("\n".join(f"    │ {line}" for line in lines), style="italic"))
        for line in particulars(citation, assistant.archive):
            out.print(Text(plain(f"      {line}"), style="dim"))


def _styled(words: str, statements: Sequence[Statement]) -> Text:
    text = Text(plain(words))
    for statement in statements:
        if statement.support != "supported":
            text.stylize("yellow", statement.start, statement.end)
    text.highlight_regex(r"\[\d+\]", "bold cyan")
    return text


def _safe(text: str) -> str:
    """Text for a line with rich's markup."""
    return escape(plain(text))


def _shortened(text: str, length: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= length else flat[: length - 1].rsplit(" ", 1)[0] + "…"


def _print_json(data: Any) -> None:
    sys.stdout.write(json.dumps(data, ensure_ascii=False) + "\n")
