"""How well ``qa.verify`` tells statements that the cited text supports from those that it does not.

    python -m evals.bench.verifier [--data DIR] [--part tune|report] [--show KIND] [--written]

Three measurements: minimal pairs made from real sentences (``evals.bench.minimal_pairs``) and human paraphrases with
known sources (QuoteSum); whole claims against news articles (SummEdits); claims against web pages (WiCE). The last two
look the evidence up in the whole text, as ``qa check`` does. Published on SummEdits news, balanced
accuracy: SummaC-Conv .619, ChatGPT and QAFactEval .744, GPT-4 .833, human .900. On WiCE with oracle evidence: GPT-4
.787.

``--written`` judges by the stricter rules for what a language model writes (``qa.strictness``) in place of those for
what a person writes: what they cost in right statements, and what they refuse of the wrong ones.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from evals.bench.minimal_pairs import ALTERED, FAITHFUL, Pair, Source, make_pairs, sources
from qa.citations import build_statements, number_sentences
from qa.records import Passage, Span
from qa.sentences import sentence_spans
from qa.strictness import check_of_writing
from qa.support import Support
from qa.verify import Evidence, SupportCheck, Verdict, verify, worst

_MOST = 500
"""Of each kind of pair."""

CheckFor = Callable[[str], SupportCheck]
"""The check of what is said in answer to a question; the question may be empty."""


def by_the_rules_for_people(question: str) -> SupportCheck:
    """``qa.verify``, whatever was asked."""
    return verify


class Judged(NamedTuple):
    """A statement with its verdict and what is known to be right."""

    kind: str
    statement: str
    evidence: tuple[str, ...]
    right: bool
    verdict: Verdict


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a ``.jsonl`` or ``.jsonl.gz`` file."""
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in text.decode("utf-8").splitlines() if line.strip()]


def articles(data: Path, part: str) -> Iterator[tuple[str, str, str]]:
    """Identifier, title and text of the articles that minimal pairs are made from."""
    for folder, cut in (("new_wiki", 12), ("summedits_news", 7)):
        rows = read_lines(data / folder / "corpus.jsonl")
        for row in rows[:cut] if part == "tune" else rows[cut:]:
            yield row["id"], row.get("title") or "", row["text"]


def articles_about_people(data: Path, part: str) -> Iterator[tuple[str, str, str]]:
    """More articles, for the one kind of pair that few sentences give: those in which somebody says something."""
    for row in read_lines(data / "timeqa" / "corpus.jsonl")[0 if part == "tune" else 1 :: 2]:
        yield row["id"], row.get("title") or "", row["text"]


def _pairs(data: Path, part: str) -> Iterator[Pair]:
    for texts_of, kinds in ((articles, (*FAITHFUL, *ALTERED)), (articles_about_people, ("attribution dropped",))):
        found = [source for article in texts_of(data, part) for source in sources(*article)]
        random.Random(0).shuffle(found)
        yield from (pair for pair in make_pairs(found) if pair.kind in kinds)


def judge_pairs(data: Path, part: str, check_for: CheckFor) -> Iterator[Judged]:
    """Verdicts on minimal pairs; the evidence is the sentence and the one after it."""
    count: Counter[str] = Counter()
    check = check_for("")
    for pair in _pairs(data, part):
        count[pair.kind] += 1
        if count[pair.kind] > _MOST:
            continue
        evidence = pair_evidence(pair.source)
        yield Judged(pair.kind, pair.statement, texts(evidence), _is_right(pair), check(pair.statement, evidence))


def _is_right(pair: Pair) -> bool:
    return pair.kind in FAITHFUL


def pair_evidence(source: Source) -> list[Evidence]:
    """The sentence a pair was made from, and the one after it."""
    cited = [Evidence(source.text, source.title, None, source.before)]
    if source.following:
        cited.append(Evidence(source.following, source.title, None, source.text))
    return cited


def texts(evidence: Sequence[Evidence]) -> tuple[str, ...]:
    """The cited words alone."""
    return tuple(item.text for item in evidence)


def human_answers(data: Path, part: str) -> Iterator[tuple[str, str, list[Evidence]]]:
    """QuoteSum's questions with the sentences of human answers and the sources that they name."""
    for row in read_lines(data / "quotesum" / "dev.jsonl.gz")[0 if part == "tune" else 1 :: 2]:
        for sentence in _marked_sentences(row["summary"]):
            numbers = sorted({int(number) for number in re.findall(r"\[\s*(\d)\b", sentence)})
            evidence = [Evidence(row[f"source{n}"], row[f"title{n}"]) for n in numbers if row.get(f"source{n}")]
            statement = re.sub(r"\[\s*\d+\s+|\s*\]", " ", sentence)
            statement = re.sub(r"\s+(?=[.,;])", "", re.sub(r"\s+", " ", statement)).strip()
            if evidence and len(statement.split()) > 3:
                yield row["question"], statement, evidence


def judge_paraphrases(data: Path, part: str, check_for: CheckFor) -> Iterator[Judged]:
    """Verdicts on the sentences of QuoteSum's human answers."""
    for question, statement, evidence in human_answers(data, part):
        verdict = check_for(question)(statement, evidence)
        yield Judged("human paraphrase", statement, texts(evidence), True, verdict)


def _marked_sentences(summary: str) -> Iterator[str]:
    """Sentences of a marked answer; a full stop inside brackets ends none."""
    start, depth = 0, 0
    for i, character in enumerate(summary):
        depth += (character == "[") - (character == "]")
        if character == "." and depth == 0 and (i + 1 == len(summary) or summary[i + 1 : i + 2].isspace()):
            yield summary[start : i + 1]
            start = i + 1
    if summary[start:].strip():
        yield summary[start:]


def as_passage(text: str, sentences: Sequence[Span], title: str = "", published: str | None = None) -> Passage:
    """A whole text as one passage, the way ``qa check`` sees it."""
    return Passage("text", 0, len(text), text, tuple(sentences), title, published)


def check_claim(claim: str, passage: Passage, check: SupportCheck = verify) -> tuple[Verdict, tuple[str, ...]]:
    """The worst verdict on a claim's sentences, each by the sentences that ``qa check`` would cite for it."""
    support = Support(number_sentences([passage]), check)
    found = [support.look_up(claim[part.start : part.end]) for part in build_statements(claim)]
    shown = tuple(support.numbered[source].text for finding in found for source in finding.sources)
    return worst(finding.verdict for finding in found), shown


def summedits_claims(data: Path, part: str) -> Iterator[tuple[dict[str, Any], Passage]]:
    """The claims of SummEdits with their articles."""
    rows = read_lines(data / "summedits_news" / "corpus.jsonl")
    chosen = rows[:7] if part == "tune" else rows[7:]
    kept = {row["id"]: as_passage(row["text"], sentence_spans(row["text"])) for row in chosen}
    for claim in read_lines(data / "summedits_news" / "claims.jsonl"):
        if claim["article_id"] in kept:
            yield claim, kept[claim["article_id"]]


def judge_summedits(data: Path, part: str, check_for: CheckFor) -> Iterator[Judged]:
    """Verdicts on SummEdits claims."""
    for claim, passage in summedits_claims(data, part):
        verdict, shown = check_claim(claim["text"], passage, check_for(""))
        yield Judged("summedits", claim["text"], shown, claim["consistent"], verdict)


def web_page(lines: Sequence[str]) -> Passage:
    """The sentences of a WiCE page with its title and its day of publication."""
    found = {match[1]: match[2] for line in lines if (match := re.match(r"\(meta data\) ([A-Z ]+): (.*)", line))}
    plain = [re.sub(r"^\(meta data\) [A-Z ]+: ", "", line).strip() for line in lines]
    spans: list[Span] = []
    for line in filter(None, plain):
        start = spans[-1].end if spans else 0
        spans.append(Span(start, start + len(line) + 1))
    text = "".join(line + "\n" for line in plain if line)
    return as_passage(text, spans, found.get("TITLE", ""), found.get("PUBLISHED DATETIME"))


def judge_wice(data: Path, part: str, check_for: CheckFor) -> Iterator[Judged]:
    """Verdicts on WiCE claims: supported against the rest."""
    for row in read_lines(data / "wice" / "claim_dev.jsonl.gz")[0 if part == "tune" else 1 :: 2]:
        verdict, shown = check_claim(row["claim"], web_page(row["evidence"]), check_for(""))
        yield Judged("wice", row["claim"], shown, row["label"] == "supported", verdict)


def balanced_accuracy(judged: Sequence[Judged]) -> tuple[float, float, float]:
    """Balanced accuracy of ``support == "supported"``, and its two halves: right accepted, wrong refused."""
    right = [item.verdict.support == "supported" for item in judged if item.right]
    wrong = [item.verdict.support != "supported" for item in judged if not item.right]
    halves = sum(right) / max(1, len(right)), sum(wrong) / max(1, len(wrong))
    return (sum(halves) / 2, *halves)


def ranking(judged: Sequence[Judged]) -> float:
    """How often a right claim has a higher score than a wrong one (area under the curve); ties count half."""
    right = [item.verdict.score for item in judged if item.right]
    wrong = [item.verdict.score for item in judged if not item.right]
    wins = sum((r > w) + 0.5 * (r == w) for r in right for w in wrong)
    return wins / max(1, len(right) * len(wrong))


def print_rates(judged: Sequence[Judged]) -> None:
    """One line for each kind of statement: how many were accepted."""
    kinds: dict[str, list[Judged]] = defaultdict(list)
    for item in judged:
        kinds[item.kind].append(item)
    print(f"{'kind':<22}{'should be':>11}{'n':>7}{'supported':>11}{'or partial':>12}")
    for kind in [*FAITHFUL, "human paraphrase", *ALTERED]:
        items = kinds.get(kind, [])
        if items:
            yes = sum(item.verdict.support == "supported" for item in items) / len(items)
            loose = sum(item.verdict.support in {"supported", "partial"} for item in items) / len(items)
            wanted = "accepted" if items[0].right else "refused"
            print(f"{kind:<22}{wanted:>11}{len(items):>7}{yes:>11.1%}{loose:>12.1%}")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Measure the verifier.")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--part", choices=("tune", "report"), default="report")
    parser.add_argument("--show", default="", help="print the wrongly judged statements of this kind (tune part only)")
    parser.add_argument("--written", action="store_true", help="by the rules for what a language model writes")
    options = parser.parse_args()
    began = time.perf_counter()
    given = (options.data, options.part, check_of_writing if options.written else by_the_rules_for_people)
    pairs = [*judge_pairs(*given), *judge_paraphrases(*given)]
    print(
        f"part {options.part}; {len(pairs)} statements, {(time.perf_counter() - began) / len(pairs) * 1e3:.2f} ms each"
    )
    print_rates(pairs)
    claims = {
        "summedits_news": [*judge_summedits(*given)],
        "wice": [*judge_wice(*given)],
    }
    for name, judged in claims.items():
        both, right, wrong = balanced_accuracy(judged)
        print(
            f"{name}: n={len(judged)} balanced accuracy {both:.3f} "
            f"(right accepted {right:.3f}, wrong refused {wrong:.3f}), ranking {ranking(judged):.3f}"
        )
    if options.show and options.part == "tune":
        for item in [*pairs, *claims["summedits_news"], *claims["wice"]]:
            if item.kind == options.show and (item.verdict.support == "supported") != item.right:
                print(f"\n{item.verdict.support} {item.verdict.score:.2f} should be {item.right}: {item.statement}")
                print(f"   why: {item.verdict.reason}")
                print("   " + "\n   ".join(item.evidence))


if __name__ == "__main__":
    main()
