"""Whether the words that a statement puts in quotation marks are verbatim in the cited text or the headline.

Typography, case and closing punctuation do not matter; an ellipsis or a bracketed insertion splits a quotation into
parts that must follow one another.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from qa.verify.attribution import SPEAKING, reports
from qa.verify.reading import Pool, Reading
from qa.verify.verdicts import Evidence, Finding

_QUOTED = re.compile(r'"([^"]+)"|(?<!\w)\'([^\'"]*(?:\w\'\w[^\'"]*)*)\'(?!\w)')
_GAP = re.compile(r"\.{3,}|\[[^\]]*\]")
_BRACKETS = re.compile(r"\[[^\]]*\] ?")
_SHARE = 0.75
_EDGES = " .,;:!?-'\""


def quotations(folded: str) -> Iterator[tuple[int, int]]:
    """Ranges of the folded text that stand between quotation marks, marks left out."""
    for match in _QUOTED.finditer(folded):
        yield match.span(1) if match[1] else match.span(2)


def quotation_findings(statement: Reading, pool: Pool) -> Iterator[Finding]:
    """What speaks against the quotations of the statement."""
    ranges = [*quotations(statement.folded.text)]
    if not ranges:
        return
    known = "\n".join([pool.folded, *(title.folded.text for title in pool.titles)])
    sources = [_plain(known), _plain(_BRACKETS.sub("", known))]
    for start, end in ranges:
        quoted = statement.folded.text[start:end]
        parts = [part.strip(_EDGES) for part in _GAP.split(quoted)]
        if not any(_in_order([part for part in parts if part], source) for source in sources):
            yield Finding("unsupported", f"the quoted words {statement.source(start, end)!r} are not in the cited text")


def _plain(text: str) -> str:
    """Without quotation marks: one quotation may stand inside another."""
    return text.replace('"', "")


def _in_order(parts: list[str], source: str) -> bool:
    place = 0
    for part in parts:
        pattern = re.compile(rf"(?<!\w){re.escape(_plain(part))}(?!\w)")
        match = pattern.search(source, place)
        if match is None:
            return False
        place = match.end()
    return True


def unquoted_findings(statement: str, evidence: Sequence[Evidence]) -> Iterator[Finding]:
    """What speaks against words that only a quotation has: "'The ship was not overloaded,' it said".

    Args:
        statement: one sentence of an answer, without its footnote numbers.
        evidence: what it cites.
    """
    words, known = Reading(statement).words, Pool(evidence).words
    if any(word.quoted for word in words) or reports(words, SPEAKING):
        return
    places: dict[str, list[bool]] = defaultdict(list)
    for word in known:
        places[word.stem].append(word.quoted)
    met = [places[word.stem] for word in words if not word.is_stop and word.stem in places]
    quoted = [word for word in met if all(word)]
    if len(quoted) >= 2 and len(quoted) >= _SHARE * len(met):
        yield Finding("partial", "the cited text has this in quotation marks: it is somebody's claim")
