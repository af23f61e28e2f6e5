"""The lexical index: words of passages in tantivy, ranked by BM25. Derived from the vector store, and rebuildable.

Words are folded to ASCII where they can be, lower-cased and stemmed as English; other scripts stay as they are, and
in Chinese and Japanese, which put no spaces between words, each character is a word.
Questions become queries term by term, never through a query syntax: "IN addition to ..." is a question too.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.errors import IndexDamaged, IndexUnwritable
from qa.index.files import writing

if TYPE_CHECKING:
    import tantivy

FOLDER = "lexical-2"
"""Ends in the version of the fields and of the treatment of words; another version is built from the vector store."""

TITLE_WEIGHT = 0.3
"""Weight of a question's word found in the title, against the same word found in the passage."""

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}"
_ACCENTS = r"\u{300}-\u{36f}"
_WORD = rf"[{_UNSPACED}]|[\p{{L}}\p{{N}}\p{{M}}--[{_UNSPACED}{_ACCENTS}]]+"
"""As tantivy reads it. Marks are part of words, as Hindi needs them, but for accents, which are left out."""
_TOKENIZER = "news"
_WRITER_MEMORY = 64_000_000
_UNWRITABLE = ("permission", "read-only", "readonly", "no space", "storagefull", "too large")


@dataclass(frozen=True, slots=True)
class LexicalPassage:
    """What the lexical index is told of a passage. ``day`` is a date as the number 20250924, 0 where unknown."""

    id: str
    text: str
    title: str
    day: int
    source: str


@dataclass(frozen=True, slots=True)
class Filter:
    """Restricts a search: dates are inclusive, as numbers like 20250924; empty means no restriction."""

    since: int = 0
    until: int = 0
    sources: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()


class LexicalIndex:
    """One tantivy index in one folder. Only ``create`` makes it where there is none."""

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        self.folder = folder
        self._create = create
        self._least = 0
        self._index: tantivy.Index | None = None
        self._writer: tantivy.IndexWriter | None = None
        self._analyzer = _analyzer()

    @property
    def index(self) -> tantivy.Index:
        """The open index."""
        if self._index is None:
            self._index = self._open()
        return self._index

    def _open(self) -> tantivy.Index:
        import tantivy

        if self._create:
            with writing(self.folder):
                self.folder.mkdir(parents=True, exist_ok=True)
        elif not is_there(self.folder):
            raise IndexDamaged(f"the word index '{self.folder}' is missing; run 'qa index' to mend it")
        with translated(self.folder):
            index = tantivy.Index(_schema(), path=str(self.folder))
            index.register_tokenizer(_TOKENIZER, self._analyzer)
            index.config_reader("manual")
            index.reload()
        self._check(index)
        return index

    def expect(self, passages: int) -> None:
        """How many passages have to be found, at least, when the index is opened or refreshed next."""
        self._least = passages

    def _check(self, index: tantivy.Index) -> None:
        held = index.searcher().num_docs
        if held < self._least:
            raise IndexDamaged(
                f"{self._least - held} passages are missing in '{self.folder}'; run 'qa index --rebuild'"
            )

    def refresh(self) -> None:
        """Shows what has been committed since the index was opened, if it is open."""
        if self._index is not None:
            with translated(self.folder):
                self._index.reload()
            self._check(self._index)

    def close(self) -> None:
        """Lets go of the files."""
        self._writer = self._index = None

    def count(self) -> int:
        """Passages held, live or not."""
        return self.index.searcher().num_docs

    def terms(self, text: str) -> list[str]:
        """The words of ``text`` as they are indexed."""
        return list(self._analyzer.analyze(text))

    def frequency(self, term: str) -> int:
        """In how many passages ``term`` stands."""
        with translated(self.folder):
            return self.index.searcher().doc_freq("text", term)

    def near(self, term: str, letters: int, limit: int) -> list[str]:
        """Ids of passages that hold a word from which ``term`` differs in ``letters`` letters at most."""
        from tantivy import Query

        with translated(self.folder):
            searcher = self.index.searcher()
            query = Query.fuzzy_term_query(self.index.schema, "text", term, letters)
            hits = searcher.search(query, limit, count=False).hits
            return [str(searcher.doc(address).get_first("id")) for _, address in hits]

    def add(self, passages: Iterable[LexicalPassage]) -> None:
        """Adds passages; seen after ``commit``."""
        import tantivy

        with translated(self.folder):
            for passage in passages:
                document = tantivy.Document()
                document.add_text("id", passage.id)
                document.add_text("digest", passage.id.partition(".")[0])
                document.add_text("text", passage.text)
                document.add_text("title", passage.title)
                document.add_text("source", passage.source)
                document.add_integer("day", passage.day)
                self._open_writer().add_document(document)

    def remove(self, digests: Iterable[str]) -> None:
        """Removes the passages of these articles, added before; seen after ``commit``."""
        with translated(self.folder):
            for digest in digests:
                self._open_writer().delete_documents_by_term("digest", digest)

    def commit(self) -> None:
        """Makes all changes since the last commit durable and visible at once."""
        with translated(self.folder):
            self._open_writer().commit()
            self.index.reload()

    def clear(self) -> None:
        """Removes all passages; seen after ``commit``. An index that cannot be opened is removed from disk."""
        try:
            self._open_writer().delete_all_documents()
        except (IndexDamaged, ValueError, OSError, RuntimeError):
            self.close()
            with writing(self.folder):
                if self.folder.exists():
                    shutil.rmtree(self.folder)

    def _open_writer(self) -> tantivy.IndexWriter:
        if self._writer is None:
            self._writer = self.index.writer(_WRITER_MEMORY, 1)
        return self._writer

    def finish_writing(self) -> None:
        """Waits for tantivy's background work and gives its own lock back."""
        if self._writer is not None:
            with translated(self.folder):
                self._writer.wait_merging_threads()
            self._writer = None

    def search(self, terms: Sequence[str], limit: int, restrict: Filter) -> list[tuple[str, float]]:
        """Ids of the passages that hold any of ``terms``, with their BM25 score, best first."""
        if not terms:
            return []
        with translated(self.folder):
            searcher = self.index.searcher()
            query = self._query(terms, restrict)
            hits = searcher.search(query, limit, count=False).hits
            ids = [searcher.doc(address).get_first("id") for _, address in hits]
        return [(str(id_), float(score)) for id_, (score, _) in zip(ids, hits, strict=True)]

    def _query(self, terms: Sequence[str], restrict: Filter) -> tantivy.Query:
        from tantivy import FieldType, Occur, Query

        schema = self.index.schema
        words: list[tuple[Any, Query]] = []
        for term in dict.fromkeys(terms):
            words.append((Occur.Should, Query.term_query(schema, "text", term, "freq")))
            title = Query.term_query(schema, "title", term, "freq")
            words.append((Occur.Should, Query.boost_query(title, TITLE_WEIGHT)))
        parts = [(Occur.Must, Query.boolean_query(words))]
        if restrict.since or restrict.until:
            days = Query.range_query(schema, "day", FieldType.Integer, restrict.since or 1, restrict.until or 99999999)
            parts.append((Occur.Must, Query.const_score_query(days, 0.0)))
        if restrict.sources:
            sources = Query.term_set_query(schema, "source", list(restrict.sources))
            parts.append((Occur.Must, Query.const_score_query(sources, 0.0)))
        if restrict.articles:
            digests = Query.term_set_query(schema, "digest", list(restrict.articles))
            parts.append((Occur.Must, Query.const_score_query(digests, 0.0)))
        return Query.boolean_query(parts)


def is_there(folder: Path) -> bool:
    """Whether a folder holds an index, as far as its names tell."""
    return (folder / "meta.json").is_file()


def _analyzer() -> tantivy.TextAnalyzer:
    from tantivy import Filter as TokenFilter
    from tantivy import TextAnalyzerBuilder, Tokenizer

    return (
        TextAnalyzerBuilder(Tokenizer.regex(_WORD))
        .filter(TokenFilter.remove_long(80))
        .filter(TokenFilter.ascii_fold())
        .filter(TokenFilter.lowercase())
        .filter(TokenFilter.stemmer("english"))
        .build()
    )


def _schema() -> tantivy.Schema:
    from tantivy import SchemaBuilder

    builder = SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("digest", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("text", tokenizer_name=_TOKENIZER, index_option="freq")
    builder.add_text_field("title", tokenizer_name=_TOKENIZER, index_option="freq")
    builder.add_text_field("source", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("day", indexed=True, fast=True)
    return builder.build()


def day_number(published: str | None) -> int:
    """An ISO date, with or without a time, as a number like 20250924; 0 for none."""
    match = re.match(r"(\d{4})-(\d{2})-(\d{2})", published or "")
    return int("".join(match.groups())) if match else 0


@contextmanager
def translated(folder: Path) -> Iterator[None]:
    """Turns what tantivy raises into one line for the person."""
    try:
        yield
    except (ValueError, OSError, RuntimeError) as error:
        message = " ".join(str(error).split())[:200]
        if any(word in message.lower() for word in _UNWRITABLE):
            raise IndexUnwritable(f"cannot write '{folder}': {message}; free space or use another --index") from error
        raise IndexDamaged(f"the word index '{folder}' cannot be used: {message}; run 'qa index --rebuild'") from error
