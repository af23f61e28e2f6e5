"""Measures sentence splitters on news-like paragraphs whose sentences were marked by hand.

    python -m evals.bench.sentences [--errors]

Prints, for each splitter that is installed and for each part of the set, precision, recall and F1 of the boundaries
inside paragraphs, the share of paragraphs split exactly as marked, and the speed in millions of code points a second.
The rules of ``qa.sentences`` were written with the tune part; the report part was only measured. The paragraphs were
written for this set; it holds what splitters get wrong in news more often than news does.
"""

from __future__ import annotations

import argparse
import importlib.util
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from qa.sentences import sentence_spans

DATA = Path(__file__).parent / "data"
PARTS = ("tune", "report")

Splitter = Callable[[str], Iterable[tuple[int, int]]]
"""A text to the half-open ranges of its sentences, with or without the white space between them."""


def ours(text: str) -> Iterable[tuple[int, int]]:
    """``qa.sentences``."""
    return [(span.start, span.end) for span in sentence_spans(text)]


def nupunkt(text: str) -> Iterable[tuple[int, int]]:
    """nupunkt, a trained Punkt with a large list of abbreviations."""
    from nupunkt import sent_spans

    return sent_spans(text)


def blingfire(text: str) -> Iterable[tuple[int, int]]:
    """BlingFire, a compiled finite-state machine."""
    from blingfire import text_to_sentences_and_offsets  # type: ignore[import-not-found,unused-ignore]

    ranges: list[tuple[int, int]] = text_to_sentences_and_offsets(text)[1]
    return ranges


def syntok(text: str) -> Iterable[tuple[int, int]]:
    """Syntok, rules over tokens."""
    from syntok.segmenter import process  # type: ignore[import-not-found,unused-ignore]

    sentences = [sentence for paragraph in process(text) for sentence in paragraph]
    return [(tokens[0].offset, tokens[-1].offset + len(tokens[-1].value)) for tokens in sentences]


def pysbd(text: str) -> Iterable[tuple[int, int]]:
    """PySBD, the "golden rules" in Python."""
    from pysbd import Segmenter  # type: ignore[import-not-found,unused-ignore]

    return [(span.start, span.end) for span in Segmenter(language="en", clean=False, char_span=True).segment(text)]


CANDIDATES: tuple[Splitter, ...] = (ours, nupunkt, blingfire, syntok, pysbd)


@dataclass(frozen=True, slots=True)
class Score:
    """Counts over the paragraphs of one part; ``wrong`` shows each misplaced boundary in its surroundings."""

    right: int
    spurious: int
    missed: int
    exact: int
    paragraphs: int
    wrong: tuple[str, ...]

    def line(self) -> str:
        """Precision, recall, F1 and the share of exact paragraphs."""
        precision = self.right / max(1, self.right + self.spurious)
        recall = self.right / max(1, self.right + self.missed)
        f1 = 2 * self.right / max(1, 2 * self.right + self.spurious + self.missed)
        return f"{precision:9.3f} {recall:6.3f} {f1:6.3f} {self.exact / self.paragraphs:7.3f}"


def paragraphs(part: str) -> list[list[str]]:
    """The marked sentences of each paragraph of a part."""
    blocks = (DATA / f"sentences_{part}.txt").read_text(encoding="utf-8").strip().split("\n\n")
    return [block.splitlines() for block in blocks]


def boundaries(text: str, ranges: Iterable[tuple[int, int]]) -> set[int]:
    """Where sentences end before white space, without the end of the text."""
    return {len(text[:end].rstrip()) for _, end in ranges} - {len(text)}


def score(splitter: Splitter, marked: list[list[str]]) -> Score:
    """Compares a splitter with the marks; paragraphs are given to it with their sentences joined by spaces."""
    right = spurious = missed = exact = 0
    wrong: list[str] = []
    for sentences in marked:
        text = " ".join(sentences)
        gold = {len(" ".join(sentences[:count])) for count in range(1, len(sentences))}
        found = boundaries(text, splitter(text))
        right += len(gold & found)
        spurious += len(found - gold)
        missed += len(gold - found)
        exact += gold == found
        for place in sorted(gold ^ found):
            kind = "spurious" if place in found else "missed"
            wrong.append(f"{kind:9}{text[max(0, place - 40) : place]} |{text[place : place + 30]}")
    return Score(right, spurious, missed, exact, len(marked), tuple(wrong))


def speed(splitter: Splitter, text: str) -> float:
    """Millions of code points a second, best of three."""
    best = float("inf")
    for _ in range(3):
        begun = time.perf_counter()
        list(splitter(text))
        best = min(best, time.perf_counter() - begun)
    return len(text) / best / 1e6


def main() -> None:
    """Prints one line for each part and splitter."""
    parser = argparse.ArgumentParser(description="Measure sentence splitters on hand-marked news-like paragraphs.")
    parser.add_argument("--errors", action="store_true", help="show each misplaced boundary")
    show_errors = parser.parse_args().errors
    installed = [one for one in CANDIDATES if one is ours or importlib.util.find_spec(one.__name__)]
    for splitter in CANDIDATES:
        if splitter not in installed:
            print(f"NOT MEASURED: {splitter.__name__} is not installed (pip install {splitter.__name__})")
    print(f"{'part':7} {'splitter':10} {'precision':>9} {'recall':>6} {'F1':>6} {'exact':>7} {'Mchar/s':>8}")
    for part in PARTS:
        marked = paragraphs(part)
        text = "\n\n".join(" ".join(sentences) for sentences in marked)
        for splitter in installed:
            result = score(splitter, marked)
            print(f"{part:7} {splitter.__name__:10} {result.line()} {speed(splitter, text):8.2f}")
            for mistake in result.wrong if show_errors else ():
                print("       ", mistake)
        count = sum(map(len, marked))
        print(f"{part:7} {count} sentences in {len(marked)} paragraphs")


if __name__ == "__main__":
    main()
