"""What asking a language model costs beside the model: tokens of the prompt, and the time that is ours.

    python -m evals.bench.prompts [DATASET] [--part report] [--limit 100] [--copies 11]

The same passages are given to LlamaIndex's CitationQueryEngine, through our retriever, and both prompts are counted
with the same tokenizer (``cl100k_base``). *Evidence shown* is the share of questions with an answer whose evidence
stands in the prompt. A model that answers at once with the first sentence it is shown takes the place of a real one,
so that the seconds are those of searching, of writing the prompt and of checking the answer.
"""

from __future__ import annotations

import argparse
import re
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evals.cases import Case
from evals.chunks import token_counter
from evals.datasets import Dataset, load_dataset
from evals.importers import write_corpus
from evals.progress import shown
from evals.speed import multiplied
from evals.tables import columns
from qa.assistant import Assistant
from qa.models import Delta, Finish, Text
from qa.prompts import Message
from qa.records import Usage
from qa.settings import Settings, load_settings

_DEFAULT = Settings.model_fields["evidence_tokens"].default
_NUMBER = re.compile(r"^\[\d+\] ", re.MULTILINE)
_NUMBERED = re.compile(r"^\[(\d+)\] (.+)$", re.MULTILINE)


@dataclass
class AtOnce:
    """A model that repeats the first numbered sentence with its number, and keeps what it was asked and when."""

    name: str = "at-once"
    prompts: list[str] = field(default_factory=list)
    asked: float = 0.0
    done: float = 0.0

    def stream(self, messages: Sequence[Message]) -> Iterator[Delta]:
        """Yields the sentence, word by word."""
        self.asked = time.perf_counter()
        prompt = "\n".join(message.content for message in messages)
        self.prompts.append(prompt)
        found = _NUMBERED.search(prompt)
        for word in (f"{found[2]} [{found[1]}]" if found else "Nothing is known.").split(" "):
            yield Text(word + " ")
        self.done = time.perf_counter()
        yield Finish("stop", Usage(calls=1))

    async def astream(self, messages: Sequence[Message]) -> AsyncIterator[Delta]:
        """The same."""
        for delta in self.stream(messages):
            yield delta


@dataclass(slots=True)
class Asked:
    """What asking one question took: tokens, whether the evidence was shown, and seconds around the model's."""

    tokens: int
    shown: bool | None
    before: float
    after: float


def measure(ask: Callable[[str], object], model: AtOnce, dataset: Dataset, name: str) -> list[Asked]:
    """Asks each question of a data set; ``ask`` has to ask ``model``."""
    count, rows = token_counter(), []
    with shown(name) as progress:
        for number, case in enumerate(dataset.cases, start=1):
            model.prompts.clear()
            began = time.perf_counter()
            ask(case.question)
            ended = time.perf_counter()
            tokens = sum(map(count, model.prompts))
            rows.append(Asked(tokens, _shows(dataset, case, model.prompts), model.asked - began, ended - model.done))
            progress(number, len(dataset.cases))
    return rows


def _shows(dataset: Dataset, case: Case, prompts: Sequence[str]) -> bool | None:
    """Whether the prompts hold the words of one range of each group; ``None`` where nothing answers."""
    if not case.evidence:
        return None
    shown = _plain(_NUMBER.sub("", "\n".join(prompts)))
    texts = dataset.texts
    return all(
        any(
            all(_plain(texts[place.article_id][place.start : place.end]) in shown for place in option)
            for option in group
        )
        for group in case.evidence
    )


def _plain(text: str) -> str:
    return " ".join(text.split())


def table(rows: dict[str, list[Asked]]) -> str:
    """Medians, side by side."""
    heads = ["", "tokens", "evidence shown", "before the model, ms", "after it, ms"]
    lines = []
    for name, asked in rows.items():
        told = [one.shown for one in asked if one.shown is not None]
        seconds = [[getattr(one, part) for one in asked] for part in ("before", "after")]
        lines.append(
            [
                name,
                f"{statistics.median(one.tokens for one in asked):.0f}",
                f"{100 * sum(told) / len(told):.1f}%" if told else "",
                *(f"{1000 * statistics.median(values):.0f}" for values in seconds),
            ]
        )
    return columns([heads, *lines])


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", nargs="?", default="newsroom", help="as of python -m evals run")
    parser.add_argument("--part", default="report", help="tune, report, even or odd")
    parser.add_argument("--limit", type=int, default=100, help="at most so many questions, evenly spread")
    parser.add_argument("--copies", type=int, default=11, help="how often each article is there, with words exchanged")
    parser.add_argument("--evidence-tokens", type=int, default=_DEFAULT, help="shown at most, as in the settings")
    given = parser.parse_args()
    dataset = load_dataset(given.dataset, part=given.part, limit=given.limit)
    articles = multiplied(dataset.articles, given.copies)
    with tempfile.TemporaryDirectory() as place:
        corpus, index = Path(place) / "corpus", Path(place) / "index"
        corpus.mkdir()
        write_corpus(articles, corpus / "articles.jsonl")
        model = AtOnce()
        assistant = Assistant(
            load_settings(corpus=corpus, index=index, model="at-once", evidence_tokens=given.evidence_tokens),
            model=model,
        )
        with shown("indexing") as progress:
            assistant.sync(progress=progress)
        rows = {
            "ours": measure(assistant.ask, model, dataset, "ours"),
            "CitationQueryEngine": measure(_citation_engine(assistant, model).query, model, dataset, "theirs"),
        }
    print(f"{len(articles)} articles, {len(dataset.cases)} questions; medians\n\n{table(rows)}")


def _citation_engine(assistant: Assistant, model: AtOnce) -> Any:
    from llama_index.core.query_engine import CitationQueryEngine

    from evals.baselines.citation_engine import for_llama_index
    from qa.llamaindex import HybridRetriever

    retriever = HybridRetriever(assistant, k=assistant.settings.passages)
    return CitationQueryEngine(retriever, llm=for_llama_index(model))


if __name__ == "__main__":
    main()
