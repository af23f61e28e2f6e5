"""The catalogue of an index: which articles are live, which files they came from, what still has to be swept.

It is the point of commit. Passages are written to the vector and the lexical store first, under ids that contain the
digest of their article; an article becomes visible in the one transaction that records its digest here. Whatever the
stores hold under a digest that is not live is never shown, and is swept later. So a process may die at any instant.

Its locks keep readers and the writer apart, also across processes: a reader's look at the index (``reading``) is one
SQLite read transaction; a commit waits for all looks under way, and so does a change of the vectors (``alone``), which
readers must not see half done. Hence what the writer sweeps after a commit is in no reader's view any more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path

from qa.index.database import Database
from qa.index.entries import COLUMNS, Entry, FileEntry, entry_of, row_of

_SCHEMA = """
create table state (key text primary key, value text not null) without rowid;
create table articles (
    id text primary key, digest text not null, content text not null, file text not null, position integer not null,
    passages text not null, length integer not null,
    title text not null, subtitle text not null, published text, source text not null, url text not null,
    sketch text not null
);
create unique index articles_digest on articles (digest);
create index articles_content on articles (content);
create index articles_file on articles (file);
create table files (
    path text primary key, size integer not null, modified integer not null, outcome text not null,
    reason text not null, articles integer not null
);
create table unswept (digest text primary key, passages integer not null) without rowid;
"""


class Catalog:
    """One SQLite file. Writers and readers may be different processes; a reader sees whole transactions only."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        self.path = path
        self._counted = (-1, 0)
        self._database = Database(path, _SCHEMA if create else None)

    def close(self) -> None:
        """Lets go of the file."""
        self._database.close()

    # ---- reading

    def begin(self) -> None:
        """Starts a look at one state of the catalogue: no writer commits until ``end``."""
        self._database.begin()

    def end(self) -> None:
        """Ends what ``begin`` started, if it did."""
        self._database.end()

    @property
    def generation(self) -> int:
        """Grows with each write that readers have to take notice of."""
        return int(self.state("generation") or 0)

    @property
    def stores(self) -> str:
        """Name of the folder that holds the passages of this catalogue."""
        return self.state("stores") or "stores-1"

    def state(self, key: str) -> str:
        """A single value that was remembered; empty if it never was."""
        rows = self._database.rows("select value from state where key = ?", (key,))
        return str(rows[0][0]) if rows else ""

    def passage_count(self) -> int:
        """Live passages; counted once for each generation, as that takes a tenth of a second for 100,000 articles."""
        generation = self.generation
        if self._counted[0] != generation:
            counted = self._number("select coalesce(sum(json_array_length(passages)), 0) from articles")
            self._counted = (generation, counted)
        return self._counted[1]

    def article_count(self) -> int:
        """Live articles."""
        return self._number("select count(*) from articles")

    def entry(self, article_id: str) -> Entry | None:
        """The live article with this id."""
        found = self._entries("where id = ?", (article_id,))
        return found[0] if found else None

    def entries_by_digest(self, digests: Iterable[str]) -> dict[str, Entry]:
        """The live articles among ``digests``."""
        wanted = json.dumps(sorted(set(digests)))
        found = self._entries("where digest in (select value from json_each(?))", (wanted,))
        return {entry.digest: entry for entry in found}

    def live(self, digests: Iterable[str]) -> set[str]:
        """Those of ``digests`` that are live."""
        query = "select digest from articles where digest in (select value from json_each(?))"
        return set(self._names(query, (json.dumps(sorted(set(digests))),)))

    def digests(self, ids: Iterable[str]) -> list[str]:
        """The digests of the live articles among those with these ids."""
        query = "select digest from articles where id in (select value from json_each(?))"
        return self._names(query, (json.dumps(list(ids)),))

    def entry_by_content(self, content: str) -> Entry | None:
        """Some live article with this content, whatever its id: its vectors can be used again."""
        found = self._entries("where content = ? limit 1", (content,))
        return found[0] if found else None

    def entries(self, after: str = "", limit: int = -1) -> list[Entry]:
        """Live articles in the order of their ids."""
        return self._entries("where id > ? order by id limit ?", (after, limit))

    def ids(self) -> list[str]:
        """Ids of the live articles, sorted."""
        return self._names("select id from articles order by id")

    def ids_of_file(self, path: str) -> list[str]:
        """Ids of the live articles read from this file."""
        return self._names("select id from articles where file = ? order by position", (path,))

    def sources(self) -> list[str]:
        """The outlets' names, each once, sorted."""
        return self._names("select distinct source from articles where source != '' order by 1")

    def files(self) -> dict[str, FileEntry]:
        """What is known of each file."""
        rows = self._database.rows("select path, size, modified, outcome, reason, articles from files")
        return {str(row[0]): FileEntry(*row) for row in rows}  # type: ignore[arg-type]

    def unswept(self) -> dict[str, int]:
        """Digests that may have passages in the stores without being live, with how many."""
        rows = self._database.rows("select digest, passages from unswept")
        return {str(digest): int(str(count)) for digest, count in rows}

    def unswept_passages(self) -> int:
        """How many passages the stores may hold that are not live."""
        return self._number("select coalesce(sum(passages), 0) from unswept")

    def _names(self, query: str, values: Sequence[object] = ()) -> list[str]:
        return [str(row[0]) for row in self._database.rows(query, values)]

    def _number(self, query: str) -> int:
        return int(str(self._database.rows(query)[0][0]))

    def _entries(self, condition: str, values: Sequence[object]) -> list[Entry]:
        rows = self._database.rows(f"select {COLUMNS} from articles {condition}", values)
        return [entry_of(row) for row in rows]

    # ---- writing (by the one writer)

    def announce(self, passages: Mapping[str, int]) -> None:
        """Before passages are written: notes their digests, so that an interruption leaves nothing unaccounted for."""
        with self._database.transaction() as connection:
            connection.executemany("insert or replace into unswept values (?, ?)", list(passages.items()))

    def commit(self, added: Sequence[Entry], removed: Sequence[str] = ()) -> None:
        """Makes ``added`` live, in place of what their ids stood for, and the ids ``removed`` not: at once."""
        gone = [*removed, *(entry.id for entry in added)]
        with self._database.transaction() as connection:
            wanted = (json.dumps(gone),)
            connection.execute(
                "insert or replace into unswept select digest, json_array_length(passages) from articles"
                " where id in (select value from json_each(?))",
                wanted,
            )
            connection.execute("delete from articles where id in (select value from json_each(?))", wanted)
            for entry in added:
                connection.execute("delete from unswept where digest = ?", (entry.digest,))
                connection.execute("insert into articles values (?,?,?,?,?,?,?,?,?,?,?,?,?)", row_of(entry))
            self._next_generation()

    def place(self, places: Iterable[tuple[str, int, str]]) -> None:
        """Notes where unchanged articles now come from: file, position and id of each."""
        with self._database.transaction() as connection:
            connection.executemany("update articles set file = ?, position = ? where id = ?", places)

    def record_files(self, seen: Sequence[FileEntry], gone: Sequence[str] = ()) -> None:
        """Remembers files as they were read, and forgets those that are gone."""
        with self._database.transaction() as connection:
            connection.executemany("delete from files where path = ?", [(path,) for path in gone])
            connection.executemany("insert or replace into files values (?,?,?,?,?,?)", map(astuple, seen))

    def set_unswept(self, passages: Mapping[str, int]) -> None:
        """Notes which digests may have passages in the stores without being live, in place of what was noted."""
        with self._database.transaction() as connection:
            connection.execute("delete from unswept")
            connection.executemany("insert into unswept values (?, ?)", list(passages.items()))

    def forget_files(self) -> None:
        """Forgets all files, so that the next synchronisation reads each of them."""
        with self._database.transaction() as connection:
            connection.execute("delete from files")

    def swept(self, digests: Sequence[str]) -> None:
        """Notes that the stores hold nothing under these digests any more."""
        with self._database.transaction() as connection:
            connection.executemany("delete from unswept where digest = ?", [(digest,) for digest in digests])
            self._next_generation()

    def remember(self, key: str, value: str) -> None:
        """Remembers a single value; also inside ``alone``."""
        self._database.rows("insert or replace into state values (?, ?)", (key, value))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While no reader looks at the index; those that want to, wait. Readers take notice afterwards."""
        with self._database.transaction("exclusive"):
            yield
            self._next_generation()

    def take_over(self, other: Path) -> None:
        """Replaces everything by what another catalogue holds, at once."""
        self._database.rows("attach ? as other", (str(other),))
        try:
            with self._database.transaction() as connection:
                for table in ("articles", "files", "unswept"):
                    connection.execute(f"delete from main.{table}")
                    connection.execute(f"insert into main.{table} select * from other.{table}")
                connection.execute("delete from main.state where key != 'generation'")
                connection.execute("insert into main.state select * from other.state where key != 'generation'")
                self._next_generation()
        finally:
            self._database.rows("detach other")

    def _next_generation(self) -> None:
        self.remember("generation", str(self.generation + 1))
