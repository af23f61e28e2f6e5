"""An article made ready to be written: split into passages, each with its name in the stores."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from qa.index.entries import Entry, passage_ids
from qa.index.lexical import day_number
from qa.index.sketch import sketch_of
from qa.index.stored import StoredPassage
from qa.passages import passage_sentences
from qa.records import Article
from qa.sentences import sentence_spans


@dataclass(frozen=True, slots=True)
class NewArticle:
    """An article to be written: its passages without vectors, and its entry in the catalogue."""

    entry: Entry
    passages: tuple[StoredPassage, ...]


def prepare(article: Article, file: str, position: int) -> NewArticle:
    """Splits an article into passages and names them."""
    digest = article.digest
    groups = passage_sentences(article.text, sentence_spans(article.text))
    ids = passage_ids(digest, len(groups))
    day = day_number(article.published)
    passages = tuple(
        StoredPassage(
            id=id_,
            article_id=article.id,
            text=article.text[group[0].start : group[-1].end],
            start=group[0].start,
            sentences=group,
            title=article.title,
            day=day,
            source=article.source,
        )
        for id_, group in zip(ids, groups, strict=True)
    )
    entry = Entry(
        id=article.id,
        digest=digest,
        content=hashlib.sha256(f"{article.title}\x00{article.text}".encode("utf-8", "surrogatepass")).hexdigest()[:24],
        file=file,
        position=position,
        passages=tuple(group[-1].end for group in groups),
        title=article.title,
        subtitle=article.subtitle,
        published=article.published,
        source=article.source,
        url=article.url,
        sketch=sketch_of(article.text),
    )
    return NewArticle(entry, passages)
