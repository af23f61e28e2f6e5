"""Small words that change what a sentence claims: "again", "only", "all", "before", "because".

They are stop words, which the other checks pass over. A statement that has one says more than a text without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qa.verify.reading import Pool, Reading
from qa.verify.verdicts import Evidence, Finding

_SAME = {
    "again": "once|twice|second|re",
    "only": "just|alone|sole|except|merely",
    "all": "every|each|whole|entire|everyone|everything|both|any|none",
    "every": "all|each|any|everyone|everything|a|per",
    "everyone": "all|every|each|everybody|nobody",
    "everything": "all|every|each|whole",
    "always": "every|all|ever|never",
    "both": "two|and",
    "still": "remain|remains|remained|yet|continue|continues|continued|continuing",
    "already": "before|by|earlier|previously|had",
    "most": "majority|more|mostly|largely|best",
    "after": "following|since|when|once|later|then|upon|and|before|until",
    "before": "until|prior|ahead|by|earlier|previously|after|then|to",
    "until": "till|to|before|through|up|when|by",
    "because": "as|since|due|over|for|so|therefore|cause|caused|reason|after|why|owing",
    "if": "whether|unless|should|when|provided|would",
    "unless": "if|without|until",
    "without": "no|not|lacking|never|nor",
    "against": "over|versus|oppose|opposed|opposes|to|beat|from",
    "instead": "rather|but|not|replaced|replace|replacing",
    "will": "would|shall|should|going|set|plan|plans|planned|planning|due|expect|expects|expected|aims|intends|intend"
    "|may|might|could|can|must|next|tomorrow|scheduled|promised|promises",
    "never": "not|no|nor|neither|nobody|none|without",
}
"""Each word with those that may stand for it in a text, folded."""
_ALLOWED = {word: frozenset([word, *others.split("|")]) for word, others in _SAME.items()}


def small_word_findings(statement: str, evidence: Sequence[Evidence]) -> Iterator[Finding]:
    """Small words of the statement that the cited text has nothing for.

    Args:
        statement: one sentence of an answer, without its footnote numbers.
        evidence: what it cites.
    """
    known = {word.folded for word in Pool(evidence).words if word.text != "May"}
    for word in Reading(statement).words:
        is_in_name = word.capital and not word.initial
        allowed = None if is_in_name else _ALLOWED.get(word.folded)
        if allowed is not None and not allowed & known:
            yield Finding("partial", f"{word.text!r} is not in the cited text")
