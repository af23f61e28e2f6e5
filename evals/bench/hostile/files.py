"""Files made to hurt a reader: bombs, loops, depths, wrong names and damaged good ones."""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SUFFIXES = (".txt", ".md", ".html", ".pdf", ".json", ".jsonl")
_DEEP = 100_000
_SPARSE = 1 << 30
_NEWS = (
    "The old bridge over the Tamm will close on 4 May. It cost $2.4 million, “he” said.\n\nÉté à İzmir \U0001f600.\n"
)


@dataclass(frozen=True, slots=True)
class Hostile:
    """A file to be written: its name, and what writes it at a path."""

    name: str
    write: Callable[[Path], object]


def _holding(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


def _sparse(start: bytes) -> Callable[[Path], object]:
    """A file of a gigabyte that takes no room on the disk: one line of NUL bytes after a beginning."""

    def write(path: Path) -> None:
        with path.open("wb") as file:
            file.write(start)
            file.truncate(_SPARSE)

    return write


def zip_bomb() -> bytes:
    """A zip archive of a few kilobytes that unpacks to hundreds of megabytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(8):
            archive.writestr(f"{number}.txt", bytes(32 << 20))
    return packed.getvalue()


def pdf(objects: dict[int, bytes], trailer: bytes = b"/Root 1 0 R") -> bytes:
    """A PDF file of numbered objects."""
    out, places = bytearray(b"%PDF-1.7\n"), {}
    for number, content in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (max(objects) + 1)
    for number in range(1, max(objects) + 1):
        out += b"%010d 00000 n \n" % places.get(number, 0)
    return bytes(out) + b"trailer<</Size %d%s>>\nstartxref\n%d\n%%%%EOF" % (max(objects) + 1, trailer, start)


def _stream(data: bytes, filters: bytes = b"/FlateDecode") -> bytes:
    packed = zlib.compress(data, 1)
    return b"<</Length %d/Filter%s>>\nstream\n%s\nendstream" % (len(packed), filters, packed)


_CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
_PAGE = (
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>/XObject<</X 6 0 R>>>>>>"
)
_FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def _pdf_of(content: bytes, **more: bytes) -> bytes:
    objects = {1: _CATALOG, 2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>", 3: _PAGE, 4: content, 5: _FONT}
    return pdf(objects | {int(name[1:]): value for name, value in more.items()})


_FORM = (
    b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>/Length 5>>\nstream\n/X Do\nendstream"
)
_LAUGHS = {
    f"o{number}": b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>/Length 60>>\nstream\n"
    b"%s\n"
    b"endstream" % (number + 1, b"/X Do " * 10)
    for number in range(6, 30)
}
_GOOD_PDF = _pdf_of(_stream(b"BT /F 12 Tf (The bridge will close on 4 May.) Tj ET"))
_PAGE_START = b"<html><head><title>A</title></head><body><article>"

SAMPLES: dict[str, bytes] = {
    ".txt": _NEWS.encode(),
    ".md": f"---\ntitle: Old bridge\ndate: 2024-03-04\n---\n{_NEWS}".encode(),
    ".html": _PAGE_START + f"<p>{_NEWS * 3}</p></article></body></html>".encode(),
    ".pdf": _GOOD_PDF,
    ".json": json.dumps({"articles": [{"id": str(n), "text": _NEWS, "published": "2024"} for n in range(3)]}).encode(),
    ".jsonl": b"\n".join(json.dumps({"id": str(n), "text": _NEWS}).encode() for n in range(3)),
}
"""A good file of each kind, to be damaged."""


@cache
def _contents() -> dict[str, bytes]:
    """What the files hold; the bombs take seconds to pack."""
    return {
        "empty": b"",
        "blank": b" \n\t\r\n" * 50,
        "mark only": b"\xef\xbb\xbf",
        "NUL": b"It rained.\x00It snowed." * 20,
        "invalid UTF-8": b"It rained \xff\xfe\xc3\x28 in Lyon. " * 20,
        "half surrogates": "It rained \ud800 in \udfff Lyon.".encode("utf-8", "surrogatepass"),
        "UTF-16 without a mark": _NEWS.encode("utf-16-le"),
        "UTF-32": "\ufeffIt rained.".encode("utf-32"),
        "bidi": "\u202e.noyL ni deniar tI\u202c \u2066\u2067It rained.\u2069".encode() * 30,
        "noise": random.Random(1).randbytes(20_000),
        "gzip bomb": gzip.compress(bytes(64 << 20), 1),
        "one word": b"a" * 2_000_000,
        "one line": b"It rained in Lyon on Monday, he said. " * 60_000,
        "line breaks": b"\n" * 2_000_000,
        "brackets": b"[" * _DEEP + b"]" * _DEEP,
        "deep JSON": b'{"id":"a","text":"b","x":' + b"[" * _DEEP + b"]" * _DEEP + b"}",
        "deep objects": b'{"a":' * _DEEP,
        "long number": b'{"id":' + b"9" * 1_000_000 + b',"text":"b"}',
        "not a number": b'{"id":"a","text":"b","published":NaN,"title":Infinity}',
        "doubled keys": b'{"id":"a","id":"b","text":"c","text":null}',
        "wrong kinds": b'{"id":{"a":[1]},"text":["b"],"title":{},"url":7}',
        "path as id": b'{"id":"../../../../etc/passwd","text":"It rained."}',
        "ids with tricks": b'{"id":"a\\u0000\\n\\u202e/..\\\\","text":"It rained."}',
        "long id": b'{"id":"' + b"a/" * 50_000 + b'","text":"It rained."}',
        "YAML bomb": b"---\ntitle: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
        b"c: &c [*b,*b,*b,*b,*b,*b,*b]\n"
        b"d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d]\n---\nIt rained.",
        "YAML code": b"---\ntitle: !!python/object/apply:os.system ['touch /tmp/pwned']\n---\nIt rained.",
        "deep YAML": b"---\ntitle: " + b"[" * 5000 + b"\n---\nIt rained.",
        "deep TOML": b"+++\ntitle = " + b"[" * 5000 + b"]" * 5000 + b"\n+++\nIt rained.",
        "open front matter": b"---\n" + b"title: a\n" * 20_000,
        "nested tags": _PAGE_START + b"<div>" * _DEEP + b"It rained." + b"</div>" * _DEEP,
        "nested quotes": _PAGE_START + b"<blockquote><p>a" * 20_000,
        "nested tables": _PAGE_START + b"<table><tr><td>" * 5_000 + b"It rained.",
        "open tags": _PAGE_START + b"<p><b><i>" * 30_000,
        "attributes": _PAGE_START + b"<p " + b" ".join(b"a%d=x" % n for n in range(50_000)) + b">It rained.</p>",
        "long attribute": _PAGE_START + b"<p title='" + b"x" * 1_000_000 + b"'>It rained.</p>",
        "entities": b'<!DOCTYPE h [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
        b'<!ENTITY c "&b;&b;&b;&b;&b;">'
        b'<!ENTITY d SYSTEM "file:///etc/passwd">]><html><body><p>&c;&d; It rained in Lyon.</p></body></html>',
        "comments": _PAGE_START + b"<!--" * 50_000,
        "scripts": _PAGE_START + b"<script>while(1){}</script><style>a{}</style>" * 5_000 + b"<p>It rained.</p>",
        "many links": _PAGE_START + b"<li><a href='//x'>a b c</a></li>" * 10_000,
        "wrong charset": b"<meta charset=utf-7>+ADw-script+AD4- It rained in Lyon.",
        "odd charset": b"<meta charset=zlib_codec>It rained in Lyon.",
        "PDF that is its own page": pdf({1: _CATALOG, 2: b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>"}),
        "PDF with pages in a ring": pdf(
            {1: _CATALOG, 2: b"<</Type/Pages/Kids[3 0 R]/Count 9>>", 3: b"<</Type/Pages/Kids[2 0 R]>>"}
        ),
        "PDF that is its own parent": pdf(
            {1: _CATALOG, 2: b"<</Type/Pages/Kids[3 0 R]/Count 1/Parent 3 0 R>>", 3: b"<</Type/Page/Parent 2 0 R>>"}
        ),
        "PDF whose table leads back": _GOOD_PDF.replace(b"/Root 1 0 R", b"/Root 1 0 R/Prev 9"),
        "PDF drawing itself": _pdf_of(_stream(b"/X Do"), o6=_FORM),
        "PDF of pictures in pictures": _pdf_of(_stream(b"/X Do"), **_LAUGHS),
        "PDF bomb": _pdf_of(_stream(bytes(100 << 20))),
        "PDF bomb in a bomb": _pdf_of(_stream(zlib.compress(bytes(100 << 20), 1), b"[/FlateDecode/FlateDecode]")),
        "PDF of many words": _pdf_of(_stream(b"BT /F 12 Tf " + b"(a b) Tj " * 100_000 + b"ET")),
        "PDF counting a billion pages": pdf({1: _CATALOG, 2: b"<</Type/Pages/Kids[3 0 R]/Count 999999999>>", 3: _PAGE}),
        "PDF that refers to itself": pdf({1: b"1 0 R", 2: b"2 0 R"}),
        "PDF encrypted": pdf(
            {1: _CATALOG, 2: b"<<>>"}, b"/Root 1 0 R/Encrypt<</Filter/Standard/V 9/R 9/O(x)/U(y)/P 1>>"
        ),
        "PDF cut": _GOOD_PDF[:200],
        "PDF deep": pdf({1: b"<</Type/Catalog/Pages 2 0 R/X" + b"[" * 20_000, 2: b"<<>>"}),
    }


_SPARSE_STARTS = {
    ".txt": b"It rained.",
    ".jsonl": b'{"id":"a","text":"',
    ".json": b"[",
    ".html": b"<p>",
    ".pdf": b"%PDF-1.4\n",
    ".md": b"# A",
}


def fixed_files() -> Iterator[Hostile]:
    """Every hostile content under every suffix it could be mistaken for, and files of a gigabyte."""
    contents = {**_contents(), "zip bomb": zip_bomb()}
    for what, data in contents.items():
        kinds = [".pdf", ".txt"] if what.startswith("PDF") else SUFFIXES
        for suffix in kinds:
            yield Hostile(f"{what}{suffix}", _holding(data))
    for suffix, start in _SPARSE_STARTS.items():
        yield Hostile(f"a gigabyte{suffix}", _sparse(start))
    yield from _places()


def _places() -> Iterator[Hostile]:
    """What is no ordinary file, or has no ordinary name."""
    yield Hostile("pipe.txt", lambda path: os.mkfifo(path))
    yield Hostile("folder.txt", lambda path: path.mkdir())
    yield Hostile("nowhere.txt", lambda path: path.symlink_to("gone.txt"))
    yield Hostile("ring.txt", lambda path: path.symlink_to(path.name))
    yield Hostile("endless.txt", lambda path: path.symlink_to("/dev/zero"))
    yield Hostile("..\\..\\up.txt", _holding(SAMPLES[".txt"]))
    yield Hostile("line\nbreak\u202etxt.exe.txt", _holding(SAMPLES[".txt"]))
    yield Hostile("é" * 120 + ".txt", _holding(SAMPLES[".txt"]))
    yield Hostile(os.fsdecode(b"\xff\xfe name.txt"), _holding(SAMPLES[".txt"]))
    yield Hostile("$(touch pwned);`id`.txt", _holding(SAMPLES[".txt"]))
    yield Hostile("no-suffix", _holding(SAMPLES[".txt"]))
    yield Hostile("picture.png", _holding(b"\x89PNG\r\n\x1a\n" + bytes(100)))


def damaged_files(count: int, seed: int) -> Iterator[Hostile]:
    """Good files with bytes flipped, cut, doubled, put in from another, or under another suffix."""
    chance = random.Random(seed)
    for number in range(count):
        suffix = chance.choice(SUFFIXES)
        data = bytearray(SAMPLES[suffix])
        for _ in range(chance.randint(1, 6)):
            _damage(data, chance)
        shown = chance.choice(SUFFIXES) if chance.random() < 0.1 else suffix
        yield Hostile(f"damaged {seed}-{number}{shown}", _holding(bytes(data)))


def _damage(data: bytearray, chance: random.Random) -> None:
    place = chance.randrange(len(data) + 1)
    end = min(len(data), place + chance.randint(1, 40))
    match chance.randrange(6):
        case 0:
            data[place:end] = chance.randbytes(end - place)
        case 1:
            del data[place:end]
        case 2:
            data[place:place] = data[place:end] * chance.randint(2, 30)
        case 3:
            other = SAMPLES[chance.choice(SUFFIXES)]
            start = chance.randrange(len(other))
            data[place:end] = other[start : start + chance.randint(1, 200)]
        case 4:
            del data[max(1, place) :]
        case _:
            data[place:place] = chance.choice([b"\x00", b"\xff", b"\xef\xbb\xbf", b"\\ud800", b"\r", b'"', b"[" * 500])
