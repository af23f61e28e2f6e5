"""The articles of one story: those nearest in meaning to what is asked, and those that name the same people and places.

"The ferry disaster" is told on its first day in those words; a week later the reports say "Santa Lucia", "the captain"
and "the minister". Of the others, whose words only look like those asked for, most name nobody that the story names.
"""

from __future__ import annotations

from collections.abc import Sequence

from qa.question import Question
from qa.ranking import FOUND_FEATURES, Candidate
from qa.records import Passage
from qa.verify.names import is_nation, name_key, names_of
from qa.verify.reading import read

FARTHER, FEWER = 0.15, 0.55
"""How much farther from the question than the nearest, or how much smaller a share of its words, a passage may have."""
_NAMES = 2
"""Names that an article shares with those nearest in meaning to be of their story without the words of the question."""
_COSINE = FOUND_FEATURES.index("cosine")


def of_the_story(question: Question, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The passages that tell the story asked for, in their order.

    Those nearest in meaning are its core. Of what only has words of the question a passage counts where its article
    shares a name with the core; of what has none, where it shares several.
    """
    shares = [question.share(candidate.evidence.covered) for candidate in candidates]
    cosines = [float(candidate.found[_COSINE]) for candidate in candidates]
    nearest, most = max(cosines), max(shares)
    near = [share > 0 and cosine >= nearest - FARTHER for share, cosine in zip(shares, cosines, strict=True)]
    names = _names_by_article(candidates)
    core = {one.passage.article_id for one, is_near in zip(candidates, near, strict=True) if is_near}
    known = frozenset[str]().union(*(names[article] for article in core))
    kept = []
    for candidate, is_near, share in zip(candidates, near, shares, strict=True):
        shared = len(names[candidate.passage.article_id] & known)
        has_words = share > 0 and share >= FEWER * most and (shared > 0 or not known)
        if is_near or has_words or shared >= _NAMES:
            kept.append(candidate)
    return kept


def _names_by_article(candidates: Sequence[Candidate]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for candidate in candidates:
        article = candidate.passage.article_id
        found[article] = found.get(article, frozenset()) | names_in(candidate.passage)
    return found


def names_in(passage: Passage) -> frozenset[str]:
    """The last words of the names in a passage, by which people are called again; not its outlet's, and no nations."""
    outlet = set(passage.source.lower().split())
    runs = names_of(read(passage.text))
    last = (next((word for word in reversed(run) if not word.initial), None) for run in runs)
    return frozenset(name_key(word) for word in last if word and not is_nation(word.folded)) - outlet
