"""Files become articles: exact text, one report a file, and one bad file never stops the rest."""

import codecs
import json
import os
import socket
import tracemalloc
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.articles import FileReport, Ids, corpus_files, file_name, file_status, read_file
from qa.articles.opening import LINE_LIMIT, WHOLE_FILE_LIMIT
from qa.errors import CorpusError
from qa.records import Article
from tests.whole import sample

SEED = Path(__file__).parents[1] / "seeds" / "000_e7e4224ef9d7f251.txt"
STORABLE = st.characters(exclude_categories=("Cs",), exclude_characters="\x00")


def read(path: Path, folder: Path | None = None) -> tuple[list[Article], FileReport]:
    reports: list[FileReport] = []
    articles = list(read_file(folder or path.parent, path, reports.append))
    (report,) = reports
    assert report.articles == len(articles)
    assert (report.outcome == "skipped") == (not articles)
    assert (report.outcome == "read") == (not report.reason)
    return articles, report


def read_bytes(folder: Path, name: str, data: bytes) -> tuple[list[Article], FileReport]:
    path = folder / name
    path.write_bytes(data)
    return read(path, folder)


def canonical(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


class TestSeed:
    @pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
    @pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
    def test_title_subtitle_and_exact_text(self, tmp_path: Path, line_end: str, mark: bytes) -> None:
        text = SEED.read_bytes().decode("utf-8")
        (article,), report = read_bytes(tmp_path, "seed.txt", mark + text.replace("\n", line_end).encode("utf-8"))
        assert article == Article(
            id="seed.txt",
            text=text,
            title="Lavrov, Rubio Convene at UN General Assembly",
            subtitle="Leading Russian and US diplomats discussed the Ukraine conflict and bilateral relations",
        )
        assert report == FileReport("seed.txt", "read", "", 1)


class TestPlainText:
    @settings(deadline=None)
    @given(text=st.text(STORABLE, min_size=1))
    def test_any_text_comes_back(self, tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
        folder = tmp_path_factory.mktemp("text")
        articles, report = read_bytes(folder, "a.txt", text.encode("utf-8"))
        if canonical(text).strip():
            assert [article.text for article in articles] == [canonical(text)]
        else:
            assert report.reason.endswith("empty")

    @pytest.mark.parametrize(
        "text",
        ["İzmir 🛳️ e\u0301\u200d👩‍👩‍👧 שלום عربي", "a\u2028b\x85c\x0bd\x0ce", "x" * 1_000_000, "A. B" * 3 + "\ufeff"],
    )
    def test_nasty_text_comes_back(self, tmp_path: Path, text: str) -> None:
        (article,), _ = read_bytes(tmp_path, "a.txt", text.encode("utf-8"))
        assert article.text == text

    def test_id_is_the_path_in_the_corpus_with_its_suffix(self, tmp_path: Path) -> None:
        (tmp_path / "världen" / "2025").mkdir(parents=True)
        (article,), report = read_bytes(tmp_path, "världen/2025/a b.TXT", b"Words.")
        assert article.id == report.path == "världen/2025/a b.TXT"

    def test_control_characters_stay_and_are_told(self, tmp_path: Path) -> None:
        (article,), report = read_bytes(tmp_path, "a.txt", b"One\x07 two\x1b[31m.")
        assert article.text == "One\x07 two\x1b[31m."
        assert report.outcome == "odd"
        assert report.reason == "control characters in the text (2)"

    def test_wire_boilerplate_stays(self, tmp_path: Path) -> None:
        text = "LONDON (Reuters) - It rained.\n\n(Reporting by Ana Ruiz; Editing by Bob Hale)\n"
        (article,), _ = read_bytes(tmp_path, "a.txt", text.encode())
        assert article.text == text


class TestEncodings:
    TEXT = "The mayor’s café – “très bien”, he said. It cost £5.\r\nA second line…"

    @pytest.mark.parametrize(
        ("data", "name"),
        [
            (TEXT.encode("cp1252"), "cp1252"),
            (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-16-le"),
            (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16-be"),
            (codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"), "utf-32-le"),
            (TEXT.encode("utf-16-le"), "utf-16-le"),
            (TEXT.encode("utf-16-be"), "utf-16-be"),
        ],
    )
    def test_told_apart_and_named(self, tmp_path: Path, data: bytes, name: str) -> None:
        (article,), report = read_bytes(tmp_path, "a.txt", data)
        assert article.text == canonical(self.TEXT)
        assert report == FileReport("a.txt", "odd", f"not UTF-8: read as {name}", 1)

    @pytest.mark.parametrize(
        ("text", "encoding"),
        [
            ("Größere Städte müssen zahlen, sagte der Bürgermeister.", "latin-1"),
            ("¿Qué pasó? El niño comió piñas en España, según la policía.", "cp1252"),
            ("Президент России заявил в среду, что переговоры продолжаются.", "cp1251"),
            ("Президент России заявил в среду, что переговоры продолжаются.", "koi8-r"),
            ("Президент России заявил в среду, что переговоры продолжаются.", "utf-16-le"),
            ("Ο πρωθυπουργός δήλωσε την Τετάρτη ότι οι συνομιλίες συνεχίζονται.", "cp1253"),
            ("总统周三表示，谈判仍在继续。政府发言人说，双方已经同意下周再次会面。", "gb18030"),
        ],
    )
    def test_other_languages(self, tmp_path: Path, text: str, encoding: str) -> None:
        (article,), report = read_bytes(tmp_path, "a.txt", text.encode(encoding))
        assert article.text == text
        assert report.outcome == "odd"

    def test_utf8_that_is_cut_off_stays_utf8(self, tmp_path: Path) -> None:
        (article,), report = read_bytes(tmp_path, "a.txt", ("Élan “vital” à l’été – " * 9).encode()[:-2])
        assert article.text.startswith("Élan “vital” à l’été – ")
        assert article.text.endswith("\ufffd")
        assert report.reason == "damaged characters became U+FFFD"


class TestJsonLines:
    @settings(deadline=None)
    @given(text=st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), min_size=1))
    def test_any_text_comes_back(self, tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
        data = json.dumps({"id": "1", "text": f"a{text}"}).encode()
        (article,), _ = read_bytes(tmp_path_factory.mktemp("lines"), "a.jsonl", data)
        assert article.text == canonical(f"a{text}")

    def test_all_fields(self, tmp_path: Path) -> None:
        record = {
            "id": "x/1",
            "title": "Mayor\nresigns",
            "subtitle": "It is over",
            "text": "She left.",
            "published": "Sept. 24, 2025",
            "source": "The Post",
            "url": "https://post.example/1",
            "tags": ["more"],
        }
        (article,), report = read_bytes(tmp_path, "a.ndjson", json.dumps(record).encode())
        expected = (
            "x/1",
            "She left.",
            "Mayor resigns",
            "It is over",
            "2025-09-24",
            "The Post",
            "https://post.example/1",
        )
        assert article == Article(*expected)
        assert report.outcome == "read"

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            ("{bad", "line 2: malformed JSON: Expecting property name enclosed in double quotes (column 2)"),
            ("[" * 100_000, "line 2: malformed JSON: nested too deeply"),
            ("[1]", "line 2: not an object with 'id' and 'text'"),
            ('"text"', "line 2: not an object with 'id' and 'text'"),
            ('{"text": "a"}', "line 2: no 'id'"),
            ('{"id": "", "text": "a"}', "line 2: 'id' is not a non-empty string"),
            ('{"id": true, "text": "a"}', "line 2: 'id' is not a non-empty string"),
            (
                '{"id": "a\\nb", "text": "a"}',
                "line 2: 'id' holds line breaks, control characters or half surrogate pairs",
            ),
            ('{"id": "2"}', "line 2: no 'text'"),
            ('{"id": "2", "text": ["a"]}', "line 2: 'text' is not a string"),
            ('{"id": "2", "text": " \\n"}', "line 2: 'text' is empty"),
            ('{"id": "2", "text": "a\x00"}', "line 2: binary data, not text (it holds NUL bytes)"),
            ('{"id": 1' + "0" * 5000 + "}", "line 2: malformed JSON: Exceeds the limit (4300 digits)"),
        ],
    )
    def test_a_bad_line_is_told_with_its_number_and_the_rest_goes_on(
        self, tmp_path: Path, line: str, reason: str
    ) -> None:
        data = f'{{"id": "1", "text": "one"}}\n{line}\n\n{{"id": 3, "text": "three"}}'
        articles, report = read_bytes(tmp_path, "a.jsonl", data.encode())
        assert [(article.id, article.text) for article in articles] == [("1", "one"), ("3", "three")]
        assert report.outcome == "odd"
        assert report.reason.startswith(reason)

    @pytest.mark.parametrize(
        ("fields", "published", "reason"),
        [
            (
                {"published": "03/04/2025"},
                None,
                "line 1: published '03/04/2025' is no date that can be read for certain",
            ),
            ({"published": 20250924}, "2025-09-24", ""),
            ({"published": None, "title": None}, None, ""),
            ({"title": 7}, None, "line 1: 'title' is not a string and is left out"),
            ({"text": "a\ud83db\u0000"}, None, "line 1: half surrogate pairs or NUL became U+FFFD (2)"),
        ],
    )
    def test_odd_fields(self, tmp_path: Path, fields: dict[str, object], published: str | None, reason: str) -> None:
        (article,), report = read_bytes(
            tmp_path, "2020-01-01.jsonl", json.dumps({"id": "1", "text": "a", **fields}).encode()
        )
        assert article.published == published
        assert report.reason.startswith(reason)
        assert bool(report.reason) == bool(reason)
        article.text.encode("utf-8")
        assert len(article.text) == len(str(fields.get("text", "a")))

    def test_whole_surrogate_pairs_are_characters(self, tmp_path: Path) -> None:
        (article,), report = read_bytes(tmp_path, "a.jsonl", b'{"id": "1", "text": "\\ud83d\\udef3"}')
        assert (article.text, report.outcome) == ("🛳", "read")

    def test_lines_end_only_at_line_feeds(self, tmp_path: Path) -> None:
        data = '{"id": "1", "text": "a\u2028b\u0085c"}\r\n{"id": "2", "text": "d"}\r\n'.encode()
        articles, report = read_bytes(tmp_path, "a.jsonl", data)
        assert [article.text for article in articles] == ["a\u2028b\u0085c", "d"]
        assert report.outcome == "read"

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "cp1252"])
    def test_encodings(self, tmp_path: Path, encoding: str) -> None:
        lines = "".join(json.dumps({"id": str(n), "text": "the café’s"}, ensure_ascii=False) + "\n" for n in range(3))
        articles, report = read_bytes(tmp_path, "a.jsonl", lines.encode(encoding))
        assert [(article.id, article.text) for article in articles] == [(str(n), "the café’s") for n in range(3)]
        assert (report.outcome == "read") == (encoding == "utf-8-sig")

    def test_a_long_line_is_skipped_without_being_held(self, tmp_path: Path) -> None:
        path = tmp_path / "a.jsonl"
        with path.open("wb") as file:
            file.write(b'{"id": "1", "text": "')
            for _ in range(3):
                file.write(b"x" * LINE_LIMIT)
            file.write(b'"}\n{"id": "2", "text": "two"}\n')
        articles, report = read(path)
        assert [article.id for article in articles] == ["2"]
        assert report.reason == "line 1: longer than 16 MiB"

    def test_many_bad_lines_make_a_short_report(self, tmp_path: Path) -> None:
        articles, report = read_bytes(tmp_path, "a.jsonl", b'{"id": "1", "text": "one"}\n' + b"bad\n" * 5000)
        assert len(articles) == 1
        assert report.reason.endswith("and 4,992 more like these")
        assert len(report.reason) < 1000

    def test_articles_come_before_the_file_is_read_to_its_end(self, tmp_path: Path) -> None:
        path = tmp_path / "a.jsonl"
        path.write_bytes(b'{"id": "1", "text": "one"}\nbad\n')
        reports: list[FileReport] = []
        articles = read_file(tmp_path, path, reports.append)
        assert next(articles).id == "1"
        assert reports == []
        assert list(articles) == []
        assert [report.outcome for report in reports] == ["odd"]

    @pytest.mark.parametrize("count", [5_000, pytest.param(sample(20_000, whole=100_000), marks=pytest.mark.slow)])
    def test_memory_is_bounded(self, tmp_path: Path, count: int) -> None:
        path = tmp_path / "a.jsonl"
        with path.open("w", encoding="utf-8") as file:
            for number in range(count):
                file.write(json.dumps({"id": str(number), "text": f"Article {number}. " * 60}) + "\n")
        tracemalloc.start()
        try:
            read_count = sum(1 for _ in read_file(tmp_path, path, lambda report: None))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert read_count == count
        assert peak < 2_000_000


class TestJson:
    RECORD: ClassVar = {"id": "1", "text": "one"}

    @pytest.mark.parametrize(
        ("content", "ids"),
        [
            (RECORD, ["1"]),
            ({"text": "one"}, ["a.json"]),
            ([RECORD, {"id": "2", "text": "two"}], ["1", "2"]),
            ({"articles": [RECORD, {"id": "2", "text": "two"}], "count": 2}, ["1", "2"]),
        ],
    )
    @pytest.mark.parametrize("indent", [None, 2])
    def test_shapes(self, tmp_path: Path, content: object, ids: list[str], indent: int | None) -> None:
        articles, report = read_bytes(tmp_path, "a.json", json.dumps(content, indent=indent).encode())
        assert [article.id for article in articles] == ids
        assert report.outcome == "read"

    def test_a_bad_article_of_a_list_is_told_and_the_rest_goes_on(self, tmp_path: Path) -> None:
        articles, report = read_bytes(tmp_path, "a.json", json.dumps([{"text": "no id"}, self.RECORD]).encode())
        assert [article.id for article in articles] == ["1"]
        assert report.reason == "article 1: no 'id'"

    @pytest.mark.parametrize(
        "data", [b"{", b"[]", b"{}", b"7", b"null", b"[" * 100_000, b'{"articles": {}}', b"\xff\xfe"]
    )
    def test_no_article_in_it(self, tmp_path: Path, data: bytes) -> None:
        assert read_bytes(tmp_path, "a.json", data)[0] == []

    def test_lines_under_the_name_json(self, tmp_path: Path) -> None:
        data = b'{"id": "1", "text": "one"}\n{"id": "2", "text": "two"}\n'
        articles, report = read_bytes(tmp_path, "a.json", data)
        assert [article.id for article in articles] == ["1", "2"]
        assert report.reason == "holds one JSON value a line; name it .jsonl"

    @pytest.mark.parametrize("indent", [None, 2])
    def test_a_list_under_the_name_jsonl(self, tmp_path: Path, indent: int | None) -> None:
        articles, report = read_bytes(tmp_path, "a.jsonl", json.dumps([self.RECORD], indent=indent).encode())
        assert [article.id for article in articles] == ["1"]
        assert report.reason == "holds one JSON value, not one a line; name it .json"


class TestRefused:
    @pytest.mark.parametrize(
        ("name", "data", "reason"),
        [
            ("a.txt", b"", "empty"),
            ("a.txt", b" \r\n\t ", "empty"),
            ("a.txt", codecs.BOM_UTF8, "empty"),
            ("a.txt", codecs.BOM_UTF16_LE + " \n".encode("utf-16-le"), "not UTF-8: read as utf-16-le; empty"),
            ("a.md", b"---\ntitle: Only this\n---\n", "nothing but front matter"),
            ("a.jsonl", b"\n\n", "no article in it"),
            ("a.pdf", b"", "empty"),
            ("a.html", b"", "empty"),
            ("a.txt", b"\x89PNG\r\n\x1a\n" + bytes(50), "is a PNG image, not text"),
            ("a.md", b"PK\x03\x04" + bytes(50), "is a zip archive or an office document, not text"),
            ("a.txt", b"{\\rtf1 Words.}", "is an RTF document, not text"),
            ("a.txt", b"abc\x00\x01def", "binary data, not text (it holds NUL bytes)"),
            ("a.txt", bytes(range(256)) * 40, "binary data, not text (it holds NUL bytes)"),
            ("a.docx", b"PK\x03\x04", "not a kind of file that is read"),
            ("README", b"Words.", "not a kind of file that is read"),
            ("a.txt.gz", b"\x1f\x8b", "not a kind of file that is read"),
        ],
    )
    def test_with_the_reason(self, tmp_path: Path, name: str, data: bytes, reason: str) -> None:
        articles, report = read_bytes(tmp_path, name, data)
        assert articles == []
        assert report == FileReport(name, "skipped", reason, 0)

    def test_too_long(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        with path.open("wb") as file:
            file.truncate(WHOLE_FILE_LIMIT + 1)
        assert "longer than 64 MiB" in read(path)[1].reason

    @pytest.mark.parametrize("suffix", [".txt", ".jsonl", ".docx"])
    def test_special_files_are_never_waited_for(self, tmp_path: Path, suffix: str) -> None:
        pipe, link, loop = (tmp_path / f"{name}{suffix}" for name in ("pipe", "link", "loop"))
        os.mkfifo(pipe)
        link.symlink_to(tmp_path / "nowhere")
        loop.symlink_to(loop)
        device = tmp_path / f"device{suffix}"
        device.symlink_to("/dev/zero")
        assert corpus_files(tmp_path) == sorted([device, link, loop, pipe])
        assert read(pipe)[1].reason == "is a pipe, not a file"
        assert read(device)[1].reason == "is a device, not a file"
        assert read(link)[1].reason == "leads nowhere (broken link)"
        assert read(loop)[1].reason.startswith("cannot be opened: ")

    def test_socket(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("a.txt")
            assert read(tmp_path / "a.txt")[1].reason == "is a socket, not a file"

    def test_no_longer_there(self, tmp_path: Path) -> None:
        assert read(tmp_path / "gone.txt")[1].reason == "no longer there"

    def test_without_permission(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "a.txt").write_text("Words.")

        def refuse(*_: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "open", refuse)
        assert read(tmp_path / "a.txt")[1].reason == "cannot be opened: Permission denied"

    def test_one_bad_file_never_stops_the_rest(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_bytes(b"\x00\x01")
        (tmp_path / "b.json").write_bytes(b"{")
        (tmp_path / "c.pdf").write_bytes(b"%PDF-1.7\nnonsense")
        (tmp_path / "d.html").write_bytes(bytes(range(256)))
        (tmp_path / "e.txt").write_text("Words.")
        outcomes = {path.name: read(path)[1].outcome for path in corpus_files(tmp_path)}
        assert outcomes.pop("e.txt") == "read"
        assert set(outcomes.values()) == {"skipped"}
        assert len(outcomes) == 4

    @settings(deadline=None)
    @given(data=st.binary(max_size=300), suffix=st.sampled_from(["txt", "md", "html", "pdf", "json", "jsonl"]))
    def test_any_bytes_give_articles_or_a_reason(
        self, tmp_path_factory: pytest.TempPathFactory, data: bytes, suffix: str
    ) -> None:
        articles, _ = read_bytes(tmp_path_factory.mktemp("bytes"), f"a.{suffix}", data)
        for article in articles:
            assert article.text.strip()
            article.text.encode("utf-8")


class TestCorpusFiles:
    def test_recursive_and_sorted_without_hidden_files_and_backups(self, tmp_path: Path) -> None:
        names = ["b.txt", "a/z.txt", "a/b/c.md", "photo.PNG", "10.txt", "README"]
        ignored = [".hidden.txt", ".git/a.txt", "a.txt~", "#a.txt#", ".#a.txt", "a.txt.bak", ".a.txt.swp", "~$a.docx"]
        for name in names + ignored:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text("Words.")
        found = [file_name(tmp_path, path) for path in corpus_files(tmp_path)]
        assert found == ["10.txt", "README", "a/b/c.md", "a/z.txt", "b.txt", "photo.PNG"]

    def test_a_hidden_corpus_folder_is_read(self, tmp_path: Path) -> None:
        (tmp_path / ".news").mkdir()
        (tmp_path / ".news" / "a.txt").write_text("Words.")
        assert len(corpus_files(tmp_path / ".news")) == 1

    def test_links_are_followed_once(self, tmp_path: Path) -> None:
        corpus, other = tmp_path / "corpus", tmp_path / "other"
        (corpus / "z").mkdir(parents=True)
        other.mkdir()
        (corpus / "z" / "a.txt").write_text("Words.")
        (other / "b.txt").write_text("Words.")
        (corpus / "loop").symlink_to(corpus)
        (corpus / "z" / "up").symlink_to("..")
        (corpus / "a-copy").symlink_to(corpus / "z")
        (corpus / "a-copy.txt").symlink_to(corpus / "z" / "a.txt")
        (corpus / "outside").symlink_to(other)
        (other / "back").symlink_to(corpus)
        assert [file_name(corpus, path) for path in corpus_files(corpus)] == ["outside/b.txt", "z/a.txt"]

    def test_status_of_a_link_that_leads_nowhere(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").symlink_to("nowhere")
        (tmp_path / "b.txt").symlink_to("b.txt")
        (tmp_path / "c.txt").write_text("Words.")
        assert [file_status(path).st_size for path in corpus_files(tmp_path)] == [7, 5, 6]
        with pytest.raises(FileNotFoundError):
            file_status(tmp_path / "gone.txt")

    def test_missing(self, tmp_path: Path) -> None:
        with pytest.raises(CorpusError, match="there is no folder"):
            corpus_files(tmp_path / "nowhere")

    def test_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text("Words.")
        with pytest.raises(CorpusError, match="is a file"):
            corpus_files(tmp_path / "a.txt")

    def test_unreadable_folders(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "locked").mkdir()
        (tmp_path / "a.txt").write_text("Words.")
        scan = os.scandir

        def refuse(path: Path) -> object:
            if path == locked:
                raise PermissionError(13, "Permission denied")
            return scan(path)

        locked = tmp_path / "locked"
        monkeypatch.setattr(os, "scandir", refuse)
        assert corpus_files(tmp_path) == [tmp_path / "a.txt", locked]
        assert read(locked)[1].reason == "cannot be opened: Permission denied"
        locked = tmp_path
        with pytest.raises(CorpusError, match=r"cannot read the folder .*Permission denied"):
            corpus_files(tmp_path)

    def test_a_name_that_is_no_unicode(self, tmp_path: Path) -> None:
        path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))
        try:
            path.write_text("Words.")
        except OSError:
            pytest.skip("this file system takes only names in UTF-8")
        (found,) = corpus_files(tmp_path)
        (article,), report = read(found)
        assert article.id == report.path == "caf\ufffd.txt"

    def test_empty_folder(self, tmp_path: Path) -> None:
        assert corpus_files(tmp_path) == []


class TestIds:
    def test_the_same_id_twice_names_both_places(self) -> None:
        ids = Ids()
        ids.add("7", "a.jsonl, article 3")
        ids.add("8", "a.jsonl, article 4")
        with pytest.raises(CorpusError, match=r"id '7': in 'a\.jsonl, article 3' and in 'b\.json'"):
            ids.add("7", "b.json")
        assert len(ids) == 2
        assert "7" in ids
        assert "9" not in ids

    def test_twice_at_the_same_place(self) -> None:
        ids, place = Ids(), "a.jsonl"
        ids.add("7", place)
        with pytest.raises(CorpusError, match="id '7'"):
            ids.add("7", place)
