"""Whether a very small language model orders passages better than what is learned here, and what that takes.

    python -m evals.bench.small_model SmolLM2-135M-Instruct.Q4_1.gguf [newsroom] [--limit 60]

Each of the first ten passages of a question of the tune part is put to the model, which runs behind llama.cpp's own
server: does it hold the answer, yes or no? The logarithms of the odds of its first word order the passages, alone and
added to the score that stands, with the weight that does best on these questions themselves (so what it gains there is
an upper bound).
"""

from __future__ import annotations

import argparse
import math
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from evals.bench.ranking_examples import holds, open_archive
from evals.datasets import load_dataset
from evals.progress import shown
from evals.tables import columns
from qa.models import ModelSpec
from qa.models.local import start_local
from qa.records import Passage

if TYPE_CHECKING:
    from openai import OpenAI

PASSAGES = 10
WEIGHTS = (0.0, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Of the model's log odds beside the logarithm of the odds that stand."""
_LEAST = 1e-4
_ASK = "Article: {text}\n\nQuestion: {question}\n\nDoes the article answer the question? Say Yes or No."


@dataclass(frozen=True, slots=True)
class Judged:
    """The passages of one question: whether each is right, the odds that stand, and the model's, as logarithms."""

    right: tuple[bool, ...]
    standing: tuple[float, ...]
    model: tuple[float, ...]

    def first_is_right(self, weight: float) -> bool:
        """Whether a right passage comes first when the model's odds count with a weight; ``inf`` for them alone."""
        if math.isinf(weight):
            scores = list(self.model)
        else:
            scores = [own + weight * model for own, model in zip(self.standing, self.model, strict=True)]
        return self.right[max(range(len(scores)), key=scores.__getitem__)]


def log_odds(chance: float) -> float:
    """The logarithm of the odds, kept finite."""
    bounded = min(max(chance, _LEAST), 1 - _LEAST)
    return math.log(bounded / (1 - bounded))


def yes_or_no(words: Sequence[tuple[str, float]]) -> float:
    """Log odds of yes from first words and the logarithms of their chances; 0 where neither is among them."""
    chances = {"yes": 0.0, "no": 0.0}
    for word, logarithm in words:
        plain = word.strip().lower()
        if plain in chances:
            chances[plain] += math.exp(logarithm)
    both = sum(chances.values())
    return log_odds(chances["yes"] / both) if both else 0.0


def judge(client: OpenAI, question: str, passage: Passage) -> float:
    """The model's log odds that a passage answers a question."""
    asked = _ASK.format(text=f"{passage.title}. {passage.text}", question=question)
    reply = client.chat.completions.create(
        model="small", messages=[{"role": "user", "content": asked}], max_tokens=1, logprobs=True, top_logprobs=20
    )
    said = reply.choices[0].logprobs
    first = said.content[0].top_logprobs if said and said.content else []
    return yes_or_no([(word.token, word.logprob) for word in first])


def report(judged: Sequence[Judged], seconds: Sequence[float]) -> str:
    """First passages that are right, by weight, and the time of a question."""
    rows = [["the model's weight", "first passage right, %"]]
    for weight in (*WEIGHTS, math.inf):
        rate = 100 * statistics.mean(one.first_is_right(weight) for one in judged)
        rows.append(["alone" if math.isinf(weight) else f"{weight:g}", f"{rate:.1f}"])
    milliseconds = 1000 * statistics.median(seconds)
    return f"{len(judged)} questions, {milliseconds:.0f} ms of the model for each (median)\n\n{columns(rows)}"


def main() -> None:
    """Prints the table."""
    from openai import OpenAI

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="a .gguf file")
    parser.add_argument("dataset", nargs="?", default="newsroom", help="as of python -m evals run")
    parser.add_argument("--limit", type=int, default=60, help="at most so many questions, evenly spread")
    given = parser.parse_args()
    server = start_local(ModelSpec(given.model, context_window=4096))
    client = OpenAI(base_url=server.url, api_key=server.api_key)
    cases = [case for case in load_dataset(given.dataset, part="tune", limit=given.limit).cases if case.answerable]
    judged, seconds = [], []
    with tempfile.TemporaryDirectory() as place, shown("asking") as progress:
        archive = open_archive("small", given.dataset, Path(place))
        for number, case in enumerate(cases, start=1):
            found = archive.retrieve(case.question, PASSAGES).passages
            began = time.perf_counter()
            model = tuple(judge(client, case.question, passage) for passage in found)
            seconds.append(time.perf_counter() - began)
            right = tuple(holds(case, passage.article_id, passage.start, passage.end) for passage in found)
            judged.append(Judged(right, tuple(log_odds(passage.score) for passage in found), model))
            progress(number, len(cases))
        archive.index.close()
    server.close()
    print(report(judged, seconds))


if __name__ == "__main__":
    main()
