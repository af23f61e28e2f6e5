"""The articles of one story: those nearest in meaning to what is asked, and those that name the same people and places.

"The ferry disaster" is told on its first day in those words; a week later the reports say "Santa Lucia", "the captain"
and "the minister". Of the others, whose words only look like those asked for, most name nobody that the story names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from itertools import compress
from operator import and_

from qa.ranking import FOUND_FEATURES, Candidate
from qa.records import Passage
from qa.verify.names import is_nation, name_key, names_of
from qa.verify.reading import read

FARTHER, FEWER = 0.15, 0.55
"""How much farther from the question than the nearest, or how much smaller a share of its words, a passage may have."""
_NAMES = 2
"""Names that an article shares with those nearest in meaning to be of their story without the words of the question."""
_MOSTLY = 0.5
"""Share of the articles with a name that are those of the story, from which it is a name of the story."""
_COSINE = FOUND_FEATURES.index("cosine")


def of_the_story(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The passages that tell the story asked for, in their order.

    Those nearest in meaning are its core. Of what only has the words that they have of the question a passage counts
    where its article shares a name with the core; of what has none, where it shares several that stand nowhere else.
    """
    names = _names_by_article(candidates)
    near, told = _near_and_told(candidates)
    core = {one.passage.article_id for one in compress(candidates, map(and_, near, told))}
    articles = _joined_by_names(core, {one.passage.article_id for one in compress(candidates, told)}, names)
    alone = _of_it_alone(names, articles)
    return [
        one
        for one, is_told in zip(candidates, told, strict=True)
        if (is_told and one.passage.article_id in articles) or len(names[one.passage.article_id] & alone) >= _NAMES
    ]


def _joined_by_names(core: Set[str], told: Set[str], names: Mapping[str, Set[str]]) -> set[str]:
    """The core, and of the articles ``told`` those that share a name with it or with one that does.

    All of them where the core has no names.
    """
    if not any(names[article] for article in core):
        return {*core, *told}
    joined = set(core)
    while True:
        known = frozenset[str]().union(*(names[article] for article in joined))
        further = {article for article in told - joined if not known.isdisjoint(names[article])}
        if not further:
            return joined
        joined |= further


def _near_and_told(candidates: Sequence[Candidate]) -> tuple[list[bool], list[bool]]:
    """Of each passage whether it is near in meaning, and whether it has the words that those near have of the question.

    A word counts by how many of the near passages have it: "affair" is a rare word, but of no story.
    """
    covered = [candidate.evidence.covered for candidate in candidates]
    cosines = [float(candidate.found[_COSINE]) for candidate in candidates]
    nearest = max(cosines)
    near = [bool(words) and cosine >= nearest - FARTHER for words, cosine in zip(covered, cosines, strict=True)]
    weights = Counter(word for words, is_near in zip(covered, near, strict=True) if is_near for word in words)
    shares = [sum(degree * weights[word] for word, degree in words.items()) for words in covered]
    told = [share > 0 and share >= FEWER * max(shares) for share in shares]
    return near, told


def _of_it_alone(names: Mapping[str, Set[str]], articles: Set[str]) -> frozenset[str]:
    """The names of these articles that are not named as often in others: capitals and ministers stand in any story."""
    inside = Counter(name for article in articles for name in names[article])
    everywhere = Counter(name for own in names.values() for name in own)
    return frozenset(name for name, count in inside.items() if count > _MOSTLY * everywhere[name])


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
