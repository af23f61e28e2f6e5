"""Names of question sets -> articles and gold cases, whole or in part.

``newsroom``, ``press`` and ``seed`` are the project's own; ``FORMAT:PATH`` reads a public set from local files (see
``evals.importers.FORMATS``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from evals.cases import Case, CaseError, corpus_digest, load_cases
from evals.importers import FORMATS, write_corpus
from qa.records import Article

_HERE = Path(__file__).parent
OWN: Mapping[str, tuple[Path, Path]] = MappingProxyType(
    {
        "newsroom": (_HERE / "corpora" / "newsroom", _HERE / "cases" / "newsroom.jsonl"),
        "press": (_HERE / "corpora" / "press", _HERE / "cases" / "press.jsonl"),
        "seed": (_HERE.parent / "seeds", _HERE / "cases" / "seed.jsonl"),
    }
)
"""Folder of articles and file of cases of the project's own sets."""

PARTS = ("tune", "report", "even", "odd")


@dataclass(frozen=True, slots=True)
class Dataset:
    """Articles and the cases asked about them; ``folder`` is where the articles lie as files, if they do."""

    name: str
    articles: tuple[Article, ...]
    cases: tuple[Case, ...]
    folder: Path | None = None

    @property
    def texts(self) -> dict[str, str]:
        """Canonical text of each article."""
        return {article.id: article.text for article in self.articles}

    @property
    def digest(self) -> str:
        """SHA-256 of the articles, as in ``evals.cases.corpus_digest``."""
        return corpus_digest(self.texts)

    def corpus_folder(self, place: Path) -> Path:
        """A folder of articles for the assistant: ``folder``, or the articles written below ``place``."""
        if self.folder is not None:
            return self.folder
        target = place / "corpus"
        target.mkdir(parents=True, exist_ok=True)
        fresh = target / "articles.jsonl.new"
        write_corpus(self.articles, fresh)
        if _same_bytes(fresh, target / "articles.jsonl"):
            fresh.unlink()
        else:
            fresh.replace(target / "articles.jsonl")
        return target


def _same_bytes(one: Path, other: Path) -> bool:
    return other.exists() and one.read_bytes() == other.read_bytes()


def load_dataset(name: str, *, part: str | None = None, limit: int | None = None) -> Dataset:
    """The dataset called ``name``.

    Args:
        name: ``seed``, ``newsroom``, ``press`` or ``FORMAT:PATH``.
        part: only some of the cases, see :func:`in_part`. All articles stay, so retrieval is as hard as ever.
        limit: at most so many cases, spread evenly over the rest.

    Raises:
        CaseError: if the name, the part or a file does not fit.
    """
    dataset = _whole(name)
    cases: Sequence[Case] = dataset.cases
    if part is not None:
        keep = in_part(part, [article.id for article in dataset.articles])
        cases = [case for case in cases if keep(case)]
    if limit is not None and limit < len(cases):
        cases = [cases[place * len(cases) // limit] for place in range(limit)]
    if not cases:
        raise CaseError(f"no cases in part {part!r} of {name!r}; choose another part or limit")
    return Dataset(name, dataset.articles, tuple(cases), dataset.folder)


def load_report_part(name: str, limit: int | None = None) -> Dataset:
    """The dataset with the cases that nothing was tuned on; with all cases where they belong to no part.

    Raises:
        CaseError: if the name or a file does not fit.
    """
    whole = load_dataset(name)
    tagged = all({"tune", "report"} & set(case.tags) for case in whole.cases)
    return load_dataset(name, part="report" if tagged or name not in OWN else None, limit=limit)


def _whole(name: str) -> Dataset:
    if name in OWN:
        folder, cases = OWN[name]
        articles = read_articles(folder)
        return Dataset(name, articles, tuple(load_cases(cases, {item.id: item.text for item in articles})), folder)
    form, _, path = name.partition(":")
    if form not in FORMATS or not path:
        known = ", ".join([*OWN, *(f"{known}:PATH" for known in FORMATS)])
        raise CaseError(f"unknown dataset {name!r}; give one of {known}")
    imported = FORMATS[form](Path(path))
    return Dataset(name, imported.articles, imported.cases)


def read_articles(folder: Path) -> tuple[Article, ...]:
    """The articles of a folder as the assistant reads them.

    Raises:
        CorpusError: if the folder cannot be used.
    """
    from qa.articles import corpus_files, read_file

    return tuple(article for path in corpus_files(folder) for article in read_file(folder, path, lambda note: None))


def in_part(part: str, article_ids: Sequence[str]) -> Callable[[Case], bool]:
    """Whether a case belongs to ``part``.

    A case tagged ``tune`` or ``report`` says so itself. Any other belongs by the place of its article in the corpus:
    ``tune`` is the first half and ``report`` the second, ``even`` and ``odd`` count from 0. Unanswerable cases go
    with the article of their ``story:`` tag, else by the longest article id that their own id opens with.

    Raises:
        CaseError: if there is no such part.
    """
    if part not in PARTS:
        raise CaseError(f"unknown part {part!r}; give one of {', '.join(PARTS)}")
    places = {article_id: place for place, article_id in enumerate(article_ids)}

    def keep(case: Case) -> bool:
        tagged = [tag for tag in case.tags if tag in ("tune", "report")]
        if tagged:
            return part in tagged
        place = _article_place(case, places)
        if part in ("even", "odd"):
            return place % 2 == ("even", "odd").index(part)
        return (place >= (len(article_ids) + 1) // 2) == (part == "report")

    return keep


def _article_place(case: Case, places: Mapping[str, int]) -> int:
    name = case.cluster.removeprefix("story:")
    if name in places:
        return places[name]
    opening = [article_id for article_id in places if case.id.startswith(article_id)]
    if not opening:
        raise CaseError(f"case {case.id!r} belongs to no article, so to no part; tag it 'tune' or 'report'")
    return places[max(opening, key=len)]
