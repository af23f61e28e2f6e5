"""Makes ``qa/verify/related_words.txt.gz`` from the files of the WordNet 3.0 database.

    python -m evals.bench.related_words DICT_DIR [--out FILE]

``DICT_DIR`` holds ``index.noun``, ``data.noun`` and so on, as the Debian package ``wordnet-base`` installs them. Kept
are single-word lemmas, stemmed as ``qa.words.stem`` does, with their first senses, and verbs with a particle
("turn_down"); names, numbers and the untagged names of plants, animals and chemicals are left out. Of rarer words only
the part of speech is kept: it tells that they are words, and no names.
"""

from __future__ import annotations

import argparse
import gzip
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from qa.words import stem

_FILES = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}
_SENSES = 3
_SKIPPED_IF_UNTAGGED = {"05", "20", "27"}  # lexicographer files: animals, plants, substances
_PARTICLES = frozenset(
    "up down out off on in away back over about through apart along into forward aside by around".split()
)
_BROADER = {"@", "&", "$"}  # hypernym, similar to, verb group


class Synset(NamedTuple):
    """One line of a data file; ``broader`` holds keys of synsets, the pairs hold lemmas."""

    file: str
    lemmas: list[str]
    broader: list[str]
    antonyms: list[tuple[str, str, int]]
    derived: list[tuple[str, str, int]]


def _synsets(folder: Path, part: str) -> Iterator[tuple[str, Synset]]:
    for line in (folder / f"data.{_FILES[part]}").read_text(encoding="ascii").splitlines():
        if line.startswith(" "):
            continue
        fields = line.partition(" | ")[0].split()
        count = int(fields[3], 16)
        lemmas = [fields[4 + 2 * i].partition("(")[0] for i in range(count)]
        at = 4 + 2 * count
        synset = Synset(fields[1], lemmas, [], [], [])
        for i in range(int(fields[at])):
            symbol, offset, target_part, ends = fields[at + 1 + 4 * i : at + 5 + 4 * i]
            target = target_part.replace("s", "a") + offset
            source_lemma, target_lemma = int(ends[:2], 16), int(ends[2:], 16)
            if symbol in _BROADER:
                synset.broader.append(target)
            elif symbol == "!":
                synset.antonyms.append((lemmas[source_lemma - 1], target, target_lemma))
            elif symbol in {"+", "\\"} and source_lemma:
                synset.derived.append((lemmas[source_lemma - 1], target, target_lemma))
        yield part + fields[0], synset


def _senses(folder: Path, part: str) -> Iterator[tuple[str, list[str], int]]:
    for line in (folder / f"index.{_FILES[part]}").read_text(encoding="ascii").splitlines():
        fields = line.split()
        if line.startswith(" ") or not fields[0].isalpha():
            continue
        count = int(fields[2])
        tagged = int(fields[5 + int(fields[3])])
        yield fields[0], [part + offset for offset in fields[-count:]][: max(_SENSES, min(tagged, 5))], tagged


def _phrasal_verbs(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Verbs with a particle, the verb as its stem, and their first senses."""
    for line in (folder / "index.verb").read_text(encoding="ascii").splitlines():
        fields = line.split()
        verb, _, particle = fields[0].partition("_") if fields else ("", "", "")
        if particle in _PARTICLES:
            yield f"{stem(verb)}_{particle}", ["v" + offset for offset in fields[-int(fields[2]) :]][:_SENSES]


def _rare_words(folder: Path, synsets: dict[str, Synset], known: dict[str, dict[str, list[str]]]) -> dict[str, str]:
    """Stems that are not among the known ones with a part of speech; names are left out."""
    found: dict[str, str] = {}
    for part in _FILES:
        for lemma, senses, _ in _senses(folder, part):
            names = [name for key in senses for name in synsets[key].lemmas if name.lower() == lemma]
            is_name = any(name[0].isupper() for name in names)
            if not is_name and synsets[senses[0]].file not in _SKIPPED_IF_UNTAGGED and stem(lemma) not in known:
                found.setdefault(stem(lemma), part)
    return found


def _frequencies(folder: Path) -> dict[tuple[str, str], int]:
    """How often a lemma was tagged as a part of speech in the texts that WordNet was checked on."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for line in (folder / "cntlist.rev").read_text(encoding="ascii").splitlines():
        key, _, count = line.split()
        lemma, _, rest = key.partition("%")
        counts[lemma, "_nvara"[int(rest[0])]] += int(count)
    return counts


def _has_tagged_company(synsets: dict[str, Synset], counts: dict[tuple[str, str], int], sense: str, part: str) -> bool:
    """Whether a synonym, or a plain word one step broader, was met in the tagged texts; keeps the table small."""
    near = synsets[sense]
    if near.file in _SKIPPED_IF_UNTAGGED:
        return False
    names = [name.lower() for name in near.lemmas]
    if part != "n":
        names += [name.lower() for key in near.broader for name in synsets[key].lemmas]
    return any(counts[name, part] > 0 for name in names)


def build(folder: Path) -> str:
    """The table as text.

    Lines ``w stem part:id,id``, ``b id broader-id``, ``a stem stem``, ``d stem stem`` and ``p stem part``.
    """
    synsets = {key: synset for part in _FILES for key, synset in _synsets(folder, part)}
    counts = _frequencies(folder)
    words: dict[str, dict[str, list[str]]] = defaultdict(dict)
    weight: dict[tuple[str, str], int] = defaultdict(int)
    for part in _FILES:
        for lemma, senses, tagged in _senses(folder, part):
            if any(name[0].isupper() for key in senses[:1] for name in synsets[key].lemmas if name.lower() == lemma):
                continue
            if not tagged and not _has_tagged_company(synsets, counts, senses[0], part):
                continue
            key = stem(lemma)
            known = words[key].setdefault(part, [])
            known.extend(sense for sense in senses if sense not in known)
            weight[key, part] = max(weight[key, part], counts[lemma, part] * 10 + tagged)
    rare = _rare_words(folder, synsets, words)
    for verb, senses in _phrasal_verbs(folder):
        words[verb]["v"] = senses
    lines = [*_lines(synsets, words, weight), *(f"p {word} {part}" for word, part in sorted(rare.items()))]
    return "\n".join(lines) + "\n"


def _lines(
    synsets: dict[str, Synset], words: dict[str, dict[str, list[str]]], weight: dict[tuple[str, str], int]
) -> Iterator[str]:
    used = {sense for parts in words.values() for senses in parts.values() for sense in senses}
    used |= {broader for sense in used for broader in synsets[sense].broader}
    number = {sense: i for i, sense in enumerate(sorted(used))}
    for word in sorted(words):
        parts = sorted(words[word].items(), key=lambda item: -weight[word, item[0]])
        yield "w " + word + " " + " ".join(f"{p}:{','.join(str(number[s]) for s in senses)}" for p, senses in parts)
    for sense in sorted(used):
        broader = [str(number[b]) for b in synsets[sense].broader if b in number]
        if broader:
            yield f"b {number[sense]} " + " ".join(broader)
    for letter, field in (("a", "antonyms"), ("d", "derived")):
        pairs = set()
        for synset in synsets.values():
            for lemma, target, target_lemma in getattr(synset, field):
                pair = tuple(sorted({stem(lemma.lower()), stem(synsets[target].lemmas[target_lemma - 1].lower())}))
                if len(pair) == 2 and all(word in words for word in pair):
                    pairs.add(pair)
        yield from (f"{letter} {first} {second}" for first, second in sorted(pairs))


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Make the table of related words from the WordNet 3.0 files.")
    parser.add_argument("folder", type=Path, help="folder with index.noun, data.noun, ...")
    parser.add_argument("--out", type=Path, default=Path("qa/verify/related_words.txt.gz"))
    options = parser.parse_args()
    text = build(options.folder)
    options.out.write_bytes(gzip.compress(text.encode("ascii"), mtime=0))
    print(f"{options.out}: {len(text.splitlines()):,} lines, {options.out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
