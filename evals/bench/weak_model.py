"""How often a very small language model gets a wrong statement past the verifier, judged by reading.

    python -m evals.bench.weak_model ask OUT.jsonl --model SmolLM2-135M-Instruct.Q4_1.gguf
    python -m evals.bench.weak_model figures

``ask`` puts 100 questions, half of the newsroom and half of ``new_wiki`` (tune parts), to a model that runs behind
llama.cpp's own server, and writes for each answer every statement with its support and the words it cites. A line is
written when its question is answered; asked again, the command goes on where it was. A person then reads the
statements shown as supported and writes a label for each into ``data/weak_model_labels.jsonl``; ``figures`` counts.

A statement is ``right`` where the cited words say it, ``wrong`` where they do not or say otherwise, ``empty`` where it
claims nothing ("Here is the answer:"). Whether it answers the question is not what is judged here.

The file holds four readings. ``before`` was made first, of 100 questions; what let its wrong statements through was
then mended, with answers to about 100 more questions at hand. ``between`` is of 82 questions that were new to those
rules, and led to more. ``after`` is of 100 questions that no rule was made with; two of its wrong statements led to
``qa.verify.stages``. ``last`` is of 100 other questions, asked once that stood; nothing was changed after it.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import comb
from pathlib import Path
from typing import Any

from evals.cases import Case
from evals.datasets import Dataset, load_dataset
from qa.assistant import Assistant
from qa.errors import QAError
from qa.records import Answer
from qa.settings import load_settings

LABELS = Path(__file__).parent / "data" / "weak_model_labels.jsonl"
LABELS_KNOWN = ("right", "wrong", "empty")
WRITTEN = {"before": (100, 101), "between": (82, 83), "after": (100, 88), "last": (100, 87)}
"""Of each reading: the questions asked, and the statements that the model wrote in answer to them."""
STRETCHES = 50
ASKED = {"newsroom": (1, 7), "new_wiki": (5,)}
"""Where in each stretch of the cases the questions are taken from, in eighths."""
READ = {"newsroom": (0, 2, 4, 6), "new_wiki": (0, 2, 3, 4, 6)}
"""Where those stand that were read while rules were made."""
_DOUBT, _STEPS = 0.05, 40
_CONTEXT, _ANSWER, _EVIDENCE = 4096, 96, 600


def ask(model: str, data: Path, out: Path) -> None:
    """Asks the questions that ``out`` has no line for."""
    done = {row["id"] for row in _rows(out)} if out.exists() else set()
    for name in ("newsroom", f"plain:{data / 'new_wiki'}"):
        dataset = load_dataset(name, part="tune")
        dataset = replace(dataset, cases=fresh(dataset.cases, Path(name).name))
        with tempfile.TemporaryDirectory() as place, out.open("a", encoding="utf-8") as file:
            for row in _answered(dataset, model, Path(place), done):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
                file.flush()


def fresh(cases: Sequence[Case], name: str) -> tuple[Case, ...]:
    """The first ``STRETCHES`` cases of those to be asked that were not read while rules were made."""
    read = {case.id for case in asked(cases, READ[name])}
    return tuple(case for case in asked(cases, ASKED[name]) if case.id not in read)[:STRETCHES]


def asked(cases: Sequence[Case], eighths: Sequence[int]) -> tuple[Case, ...]:
    """A case of each stretch for each of the eighths, the cases cut into ``STRETCHES`` of the same length."""
    return tuple(
        cases[(8 * place + eighth) * len(cases) // (8 * STRETCHES)] for eighth in eighths for place in range(STRETCHES)
    )


def _answered(dataset: Dataset, model: str, place: Path, done: set[str]) -> Iterator[dict[str, Any]]:
    settings = load_settings(
        corpus=dataset.corpus_folder(place),
        index=place / "index",
        model=model,
        context_window=_CONTEXT,
        max_tokens=_ANSWER,
        evidence_tokens=_EVIDENCE,
        timeout=600.0,
    )
    assistant = Assistant(settings)
    assistant.sync()
    for case in dataset.cases:
        identity = f"{dataset.name.rpartition('/')[2]}:{case.id}"
        if identity not in done:
            yield {"id": identity, "question": case.question, **_outcome(assistant, case.question)}
    assistant.close()


def _outcome(assistant: Assistant, question: str) -> dict[str, Any]:
    try:
        answer = assistant.ask(question)
    except QAError as error:
        return {"status": "error", "error": str(error), "statements": []}
    return {"status": answer.status, "error": answer.error, "statements": list(_statements(answer))}


def _statements(answer: Answer) -> Iterator[dict[str, Any]]:
    cited = {citation.number: citation for citation in answer.citations}
    for statement in answer.statements:
        citations = [cited[number] for number in statement.citations]
        yield {
            "statement": answer.text[statement.start : statement.end],
            "support": statement.support,
            "reason": statement.reason,
            "ranges": [[one.article_id, one.start, one.end] for one in citations],
            "quotes": [one.quote for one in citations],
        }


def figures(labels: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Lines of what the labels come to, for each reading."""
    for rules in dict.fromkeys(row["rules"] for row in labels):
        rows = [row for row in labels if row["rules"] == rules]
        counts = Counter(row["label"] for row in rows)
        questions = len({row["id"] for row in rows})
        yield f"{rules}: {len(rows)} statements shown as supported, in answers to {questions} questions"
        yield "  " + ", ".join(f"{counts[label]} {label}" for label in LABELS_KNOWN)
        share, limit = counts["wrong"] / len(rows), _at_most(counts["wrong"], len(rows))
        yield f"  wrong though shown as supported: {share:.1%}, below {limit:.0%} with 95% confidence"
        if rules in WRITTEN:
            asked_, written = WRITTEN[rules]
            yield f"  of all {written} statements written to {asked_} questions: {counts['wrong'] / written:.1%}"


def _at_most(wrong: int, count: int) -> float:
    """What the true share is below with 95% confidence (Clopper and Pearson), found by bisection."""
    low, high = wrong / count, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        seen = sum(comb(count, k) * middle**k * (1 - middle) ** (count - k) for k in range(wrong + 1))
        low, high = (middle, high) if seen > _DOUBT else (low, middle)
    return high


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def main(arguments: Iterable[str] | None = None) -> None:
    """Runs one of the two commands."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    asking = commands.add_parser("ask", help="ask the questions")
    asking.add_argument("out", type=Path)
    asking.add_argument("--model", required=True, help="a .gguf file")
    asking.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of new_wiki")
    counting = commands.add_parser("figures", help="count the labels")
    counting.add_argument("labels", type=Path, nargs="?", default=LABELS)
    given = parser.parse_args(list(arguments) if arguments is not None else None)
    if given.command == "ask":
        ask(given.model, given.data, given.out)
    else:
        print("\n".join(figures(_rows(given.labels))))


if __name__ == "__main__":
    main()
