"""Web pages and PDF files give the words of the article and nothing else."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate

from qa.articles import FileReport, read_file
from qa.records import Article

PARAGRAPHS = [
    "The mayor of Port resigned on Monday after a feud with the council that had lasted for three years.",
    "“I am done,” she said – and smiled. It was the well-known politician’s 1st day off in İzmir, officials said.",
    "The council meets on Friday to choose a successor, according to a short statement from the town hall.",
]
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="{charset}"><title>Mayor resigns | The Port Post</title>
<meta property="og:title" content="Mayor resigns"><meta property="og:site_name" content="The Port Post">
<meta property="og:description" content="A long feud ends">
<meta property="article:published_time" content="2025-09-24T10:30:00+02:00">
<link rel="canonical" href="https://port.example/mayor"><script>var tracked = "yes";</script></head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/world">World news</a></li></ul></nav>
<div class="cookie-banner">We value your privacy. Accept all cookies</div>
<article><h1>Mayor resigns</h1>{body}</article>
<aside><h3>Most read</h3><ul><li><a href="/1">Ten tips for a better garden</a></li></ul></aside>
<div id="comments"><h3>Comments</h3><p>First to comment here, says a reader of this page.</p></div>
<footer>Copyright 2025 The Port Post. All rights reserved. Terms of use</footer></body></html>"""


def read(folder: Path, name: str, data: bytes) -> tuple[list[Article], FileReport]:
    (folder / name).write_bytes(data)
    reports: list[FileReport] = []
    articles = list(read_file(folder, folder / name, reports.append))
    (report,) = reports
    return articles, report


def page(charset: str = "utf-8") -> str:
    return PAGE.format(charset=charset, body="".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS))


class TestWebPage:
    @pytest.mark.parametrize("name", ["a.html", "a.htm", "a.HTML"])
    def test_main_content_and_fields(self, tmp_path: Path, name: str) -> None:
        (article,), report = read(tmp_path, name, page().encode())
        assert [line for line in article.text.split("\n") if line != "Mayor resigns"] == PARAGRAPHS
        assert (article.title, article.subtitle) == ("Mayor resigns", "A long feud ends")
        assert (article.published, article.source, article.url) == (
            "2025-09-24",
            "The Port Post",
            "https://port.example/mayor",
        )
        assert report.outcome == "read"

    @pytest.mark.parametrize("unwanted", ["cookies", "World news", "garden", "Copyright", "tracked", "reader", "<p>"])
    def test_no_boilerplate(self, tmp_path: Path, unwanted: str) -> None:
        (article,), _ = read(tmp_path, "a.html", page().encode())
        assert unwanted not in article.text

    @pytest.mark.parametrize(
        ("encoding", "charset", "told"),
        [
            ("utf-8", "iso-8859-1", ""),
            ("cp1252", "iso-8859-1", "not UTF-8: read as cp1252, as the page says"),
            ("cp1254", "windows-1254", "not UTF-8: read as windows-1254, as the page says"),
            ("cp1252", "no-such-charset", "not UTF-8: read as cp1252"),
            ("utf-16", "utf-8", "not UTF-8: read as utf-16-le"),
        ],
    )
    def test_encodings(self, tmp_path: Path, encoding: str, charset: str, told: str) -> None:
        text = page(charset).replace("İ", "I")
        (article,), report = read(tmp_path, "a.html", text.encode(encoding))
        assert PARAGRAPHS[1].replace("İ", "I") in article.text
        assert report.reason == told

    def test_xhtml(self, tmp_path: Path) -> None:
        (article,), _ = read(tmp_path, "a.html", b'<?xml version="1.0" encoding="UTF-8"?>\n' + page().encode())
        assert PARAGRAPHS[0] in article.text

    def test_a_page_under_the_name_of_a_text(self, tmp_path: Path) -> None:
        (article,), report = read(tmp_path, "a.txt", page().encode())
        assert article.title == "Mayor resigns"
        assert "<p>" not in article.text
        assert report.reason == "is a web page by its content"

    def test_a_page_without_an_article_shape_keeps_its_words(self, tmp_path: Path) -> None:
        (article,), _ = read(tmp_path, "a.html", b"<html><body><p>Rain fell.</p></body></html>")
        assert article.text.strip() == "Rain fell."

    @pytest.mark.parametrize("html", ["<html><head><title>a</title></head><body></body></html>", "<p>", "<!-- a -->"])
    def test_a_page_without_words_is_skipped(self, tmp_path: Path, html: str) -> None:
        articles, report = read(tmp_path, "a.html", html.encode())
        assert articles == []
        assert report.outcome == "skipped"
        assert report.reason

    def test_deeply_nested(self, tmp_path: Path) -> None:
        html = "<html><body>" + "<div>" * 20_000 + "Rain fell." + "</div>" * 20_000
        _, report = read(tmp_path, "a.html", html.encode())
        assert report.path == "a.html"


def pdf(*paragraphs: str, title: str = "") -> bytes:
    styles, target = getSampleStyleSheet(), BytesIO()
    first, *rest = paragraphs
    story = [Paragraph(first, styles["Title"]), *(Paragraph(text, styles["Normal"]) for text in rest)]
    SimpleDocTemplate(target, title=title).build(story)
    return target.getvalue()


def drawn(*pages: str) -> bytes:
    target = BytesIO()
    canvas = Canvas(target)
    for lines in pages:
        for number, line in enumerate(lines.split("\n")):
            canvas.drawString(72, 760 - 15 * number, line)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


class TestPdf:
    BODY = (
        "The mayor of Port resigned on Monday after a feud with the council that had lasted for three years, and "
        "nobody was surprised. Officials said that the well-known politician had been expected to go since May."
    )

    def test_lines_become_paragraphs_again(self, tmp_path: Path) -> None:
        (article,), report = read(tmp_path, "2025-09-24.pdf", pdf("Mayor Resigns", self.BODY, self.BODY))
        assert article == Article(
            "2025-09-24.pdf", f"Mayor Resigns\n\n{self.BODY}\n\n{self.BODY}", "Mayor Resigns", published="2025-09-24"
        )
        assert report.outcome == "read"

    def test_paragraphs_go_on_over_pages_without_page_numbers_and_running_lines(self, tmp_path: Path) -> None:
        lines = "the council that had lasted for three years,\nwith no end in sight, officials of the town"
        data = drawn(*(f"The Port Post\n{lines}\n{number} of 4" for number in range(1, 5)))
        (article,), _ = read(tmp_path, "a.pdf", data)
        assert article.text == " ".join([lines.replace("\n", " ")] * 4)

    def test_hyphens_at_line_ends(self, tmp_path: Path) -> None:
        data = drawn(
            "The examination was long, said the well-known man, an exam-\nple of the kind. After the exami-\n"
            "nation he left, as well-\nknown men do, for an example."
        )
        (article,), _ = read(tmp_path, "a.pdf", data)
        assert "an example of" in article.text
        assert "the exami-nation he" in article.text or "the examination he" in article.text
        assert "as well-known men" in article.text

    @pytest.mark.parametrize(
        ("title", "expected"),
        [
            ("Mayor Resigns", "Mayor Resigns"),
            ("Microsoft Word - draft 7.docx", "Mayor Resigns"),
            ("untitled", "Mayor Resigns"),
            ("", "Mayor Resigns"),
        ],
    )
    def test_title(self, tmp_path: Path, title: str, expected: str) -> None:
        (article,), _ = read(tmp_path, "a.pdf", pdf("Mayor Resigns", self.BODY, title=title))
        assert article.title == expected

    @pytest.mark.parametrize(("password", "count"), [("secret", 0), ("", 1)])
    def test_encrypted(self, tmp_path: Path, password: str, count: int) -> None:
        writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf("Mayor Resigns", self.BODY))))
        writer.encrypt(password, owner_password="owner", algorithm="RC4-128")
        target = BytesIO()
        writer.write(target)
        articles, report = read(tmp_path, "a.pdf", target.getvalue())
        assert len(articles) == count
        assert report.reason == ("" if count else "encrypted; save it without a password")

    def test_scanned(self, tmp_path: Path) -> None:
        articles, report = read(tmp_path, "a.pdf", drawn("", ""))
        assert articles == []
        assert report.reason == "no text in its pages; scanned pages need text recognition first"

    def test_partly_scanned(self, tmp_path: Path) -> None:
        (_,), report = read(tmp_path, "a.pdf", drawn(self.BODY[:60], ""))
        assert report.reason == "1 of 2 pages hold no text; they may be scanned"

    @pytest.mark.parametrize("cut", [10, 300, 1000, -30])
    def test_cut_off(self, tmp_path: Path, cut: int) -> None:
        articles, report = read(tmp_path, "a.pdf", pdf("Mayor Resigns", self.BODY)[:cut])
        assert bool(articles) == (report.outcome != "skipped")
        assert articles or report.reason

    @pytest.mark.parametrize("name", ["a.txt", "a.html", "a.json"])
    def test_under_another_name(self, tmp_path: Path, name: str) -> None:
        (article,), report = read(tmp_path, name, pdf("Mayor Resigns", self.BODY))
        assert article.title == "Mayor Resigns"
        assert report.reason == "is a PDF by its content"

    def test_text_under_the_name_of_a_pdf(self, tmp_path: Path) -> None:
        articles, report = read(tmp_path, "a.pdf", b"Just words.")
        assert articles == []
        assert report.reason.startswith("not a PDF that can be read: ")


def test_parsers_load_only_when_they_are_needed() -> None:
    parsers = ("trafilatura", "pypdf", "yaml", "charset_normalizer")
    script = f"import sys, qa.articles; print([name for name in {parsers} if name in sys.modules])"
    root = Path(__file__).parents[1]
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True, timeout=60
    )
    assert run.stdout.strip() == "[]"
