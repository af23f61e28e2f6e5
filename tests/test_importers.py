"""Each public format from a small file made by hand, and the real files where they are present."""

import csv
import json
import os
from pathlib import Path
from typing import Any

import pytest

from evals.cases import CaseError, GoldRange
from evals.importers import (
    FORMATS,
    Imported,
    import_beir,
    import_chroma,
    import_clapnq,
    import_multihop_rag,
    import_plain,
    import_rgb,
    import_squad,
    write_corpus,
)

DATA = Path(os.environ.get("EVALS_DATA") or Path(__file__).parents[2] / "shared" / "data")


def words(imported: Imported, item: GoldRange) -> str:
    return next(article.text for article in imported.articles if article.id == item.article_id)[item.start : item.end]


def quoted(imported: Imported, number: int = 0) -> list[list[list[str]]]:
    """The evidence of one case, as words."""
    return [
        [[words(imported, item) for item in option] for option in group] for group in imported.cases[number].evidence
    ]


def lines(path: Path, *records: Any) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


class TestSquad:
    first = "The 🛳 Skerry Maid sank on Monday."
    second = "İzmir is a port.\r\nIt has 8.5 million\r\nvisitors."

    def record(self, **changes: Any) -> dict[str, Any]:
        answers = [
            {"text": "8.5 million", "answer_start": self.second.index("8.5")},
            {"text": "8.5", "answer_start": self.second.index("8.5")},
            {"text": "8.5", "answer_start": self.second.index("8.5")},
        ]
        questions = [
            {"id": "q2", "question": "How many visit?", "answers": answers},
            {
                "id": "q3",
                "question": "Who owns it?",
                "answers": [],
                "is_impossible": True,
                "plausible_answers": answers,
            },
        ]
        first = [{"id": "q1", "question": "When?", "answers": [{"text": "Monday", "answer_start": 26}]}]
        paragraphs = [{"context": self.first, "qas": first}, {"context": self.second, "qas": questions}]
        return {"version": "v2.0", "data": [{"title": "Port_towns", "paragraphs": paragraphs}]} | changes

    def load(self, tmp_path: Path, record: Any) -> Imported:
        return import_squad(lines(tmp_path / "dev.json", record))

    def test_paragraphs_become_one_article_and_answers_alternatives(self, tmp_path: Path) -> None:
        imported = self.load(tmp_path, self.record())
        (article,) = imported.articles
        assert article.text == f"{self.first}\n\nİzmir is a port.\nIt has 8.5 million\nvisitors."
        assert (article.id, article.title) == ("Port_towns", "Port towns")
        assert quoted(imported) == [[["Monday"]]]
        assert quoted(imported, 1) == [[["8.5 million"], ["8.5"]]]
        assert imported.cases[1].nuggets == (("8.5 million", "8.5"),)

    def test_impossible_questions_are_unanswerable_in_spite_of_plausible_answers(self, tmp_path: Path) -> None:
        case = self.load(tmp_path, self.record()).cases[2]
        assert (case.answerable, case.nuggets, case.evidence) == (False, (), ())

    def test_an_answer_elsewhere_names_the_case(self, tmp_path: Path) -> None:
        record = self.record()
        record["data"][0]["paragraphs"][1]["qas"][0]["answers"][0]["answer_start"] += 1
        with pytest.raises(CaseError, match="'q2'"):
            self.load(tmp_path, record)

    def test_a_question_without_answers_that_is_not_marked_is_refused(self, tmp_path: Path) -> None:
        record = self.record()
        record["data"][0]["paragraphs"][0]["qas"][0]["answers"] = []
        with pytest.raises(CaseError, match="'q1'"):
            self.load(tmp_path, record)

    def test_a_repeated_id_is_refused(self, tmp_path: Path) -> None:
        record = self.record()
        record["data"].append(record["data"][0])
        with pytest.raises(CaseError, match="'q1' occurs twice"):
            self.load(tmp_path, record)

    def test_two_titles_alike_stay_two_articles(self, tmp_path: Path) -> None:
        record = self.record()
        record["data"].append({"title": "Port_towns", "paragraphs": [{"context": "Other.", "qas": []}]})
        assert [article.id for article in self.load(tmp_path, record).articles] == ["Port_towns", "Port_towns#2"]

    @pytest.mark.parametrize("record", [[], {}, {"data": [{}]}, {"data": 5}])
    def test_another_file_is_refused_in_one_line(self, tmp_path: Path, record: Any) -> None:
        with pytest.raises(CaseError, match=r"^[^\n]+$"):
            self.load(tmp_path, record)


class TestClapnq:
    text = "It fell. It rose. It fell. It stayed."

    def record(self, **changes: Any) -> dict[str, Any]:
        passage = {
            "title": "Prices",
            "text": self.text,
            "sentences": ["It fell.", "It rose.", "It fell.", "It stayed."],
        }
        outputs = [
            {"answer": "It fell, then stayed.", "selected_sentences": ["It stayed.&", "It fell."]},
            {"answer": "It rose.", "selected_sentences": ["It rose."]},
        ]
        return {"id": "1", "input": "what did prices do", "passages": [passage], "output": outputs} | changes

    def test_each_annotator_is_an_alternative(self, tmp_path: Path) -> None:
        imported = import_clapnq(lines(tmp_path / "dev.jsonl", self.record()))
        assert quoted(imported) == [[["It fell.", "It stayed."], ["It rose."]]]
        assert imported.cases[0].answers == ("It fell, then stayed.", "It rose.")
        assert "long-answer" in imported.cases[0].tags

    def test_a_null_answer_is_unanswerable_and_its_passage_is_kept(self, tmp_path: Path) -> None:
        none = self.record(id=2, output=[{"answer": None, "meta": None}])
        imported = import_clapnq(lines(tmp_path / "dev.jsonl", none))
        assert (imported.cases[0].id, imported.cases[0].answerable) == ("2", False)
        assert len(imported.articles) == 1

    def test_a_folder_is_read_whole_and_a_passage_used_twice_is_one_article(self, tmp_path: Path) -> None:
        lines(tmp_path / "a.jsonl", self.record())
        lines(tmp_path / "b.jsonl", self.record(id="2"))
        imported = import_clapnq(tmp_path)
        assert (len(imported.articles), len(imported.cases)) == (1, 2)

    def test_a_sentence_of_another_passage_names_the_case(self, tmp_path: Path) -> None:
        wrong = self.record(output=[{"answer": "x", "selected_sentences": ["It never was."]}])
        with pytest.raises(CaseError, match="case '1'"):
            import_clapnq(lines(tmp_path / "dev.jsonl", wrong))


class TestChroma:
    text = "A fee of $32 – gone.\nA fee of $32 – gone. 🛳 End."

    def folder(self, tmp_path: Path, references: list[dict[str, Any]]) -> Path:
        (tmp_path / "corpora").mkdir()
        (tmp_path / "corpora" / "union.md").write_text(self.text, encoding="utf-8")
        with (tmp_path / "questions_df.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["question", "references", "corpus_id"])
            writer.writerow(['What, "exactly"?', json.dumps(references), "union"])
        return tmp_path

    def test_all_references_are_needed_and_offsets_are_trusted(self, tmp_path: Path) -> None:
        second = self.text.index("A fee", 5)
        references = [
            {"content": "A fee of $32", "start_index": second, "end_index": second + 12},
            {"content": "🛳", "start_index": self.text.index("🛳"), "end_index": self.text.index("🛳") + 1},
        ]
        imported = import_chroma(self.folder(tmp_path, references))
        assert quoted(imported) == [[["A fee of $32"]], [["🛳"]]]
        assert imported.cases[0].evidence[0][0][0].start == second
        assert imported.cases[0].question == 'What, "exactly"?'

    def test_other_words_name_the_case(self, tmp_path: Path) -> None:
        with pytest.raises(CaseError, match="chroma-0"):
            import_chroma(self.folder(tmp_path, [{"content": "A fee", "start_index": 1, "end_index": 6}]))

    def test_another_table_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "questions_df.csv").write_text("a,b\n1,2\n", encoding="utf-8")
        with pytest.raises(CaseError, match="columns"):
            import_chroma(tmp_path)

    @pytest.mark.skipif(not (DATA / "chunking").is_dir(), reason="no ../shared/data/chunking and no EVALS_DATA")
    def test_the_real_file_is_exact(self) -> None:
        imported = import_chroma(DATA / "chunking")
        assert (len(imported.articles), len(imported.cases)) == (5, 472)
        assert sum(len(case.evidence) for case in imported.cases) >= 750


class TestBeir:
    def folder(self, tmp_path: Path, qrels: str) -> Path:
        documents = [
            {"_id": "d1", "title": "Ferry", "text": "It sank.", "metadata": {}},
            {"_id": "d2", "title": "Only a title", "text": " ", "metadata": {}},
            {"_id": "d3", "title": "", "text": "", "metadata": {}},
        ]
        lines(tmp_path / "corpus.jsonl", *documents)
        lines(tmp_path / "queries.jsonl", {"_id": "q1", "text": "ferry?"}, {"_id": "q2", "text": "other?"})
        (tmp_path / "qrels").mkdir()
        (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n" + qrels, encoding="utf-8")
        return tmp_path

    def test_relevant_documents_are_whole_evidence(self, tmp_path: Path) -> None:
        imported = import_beir(self.folder(tmp_path, "q1\td1\t2\nq1\td2\t1\nq1\td3\t1\nq2\td1\t0\n"))
        assert [case.id for case in imported.cases] == ["q1"]
        assert quoted(imported) == [[["It sank."]], [["Only a title"]]]
        assert [article.id for article in imported.articles] == ["d1", "d2"]

    def test_a_judgement_of_an_unknown_document_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(CaseError, match=r"'q1'.*'d9'"):
            import_beir(self.folder(tmp_path, "q1\td9\t1\n"))

    def test_a_grade_that_is_no_number_names_its_line(self, tmp_path: Path) -> None:
        with pytest.raises(CaseError, match=r"test\.tsv line 2"):
            import_beir(self.folder(tmp_path, "q1\td1\tgood\n"))


class TestMultihop:
    def folder(self, tmp_path: Path, fact: str) -> Path:
        article = {"title": "T", "author": "A", "source": "The Post", "published_at": "2023-11-01T10:00:00+00:00"}
        body = "Kane won. Later, Kane won. 🛳"
        lines(tmp_path / "corpus.json", [article | {"url": "http://p/1", "body": body}])
        question = {"query": "Who won?", "answer": "Kane", "question_type": "inference_query"}
        evidence = [article | {"url": "http://p/1", "fact": fact}]
        null = {"query": "Who lost?", "answer": "Insufficient information.", "question_type": "null_query"}
        lines(tmp_path / "MultiHopRAG.json", [question | {"evidence_list": evidence}, null | {"evidence_list": []}])
        return tmp_path

    def test_every_place_of_a_fact_is_an_alternative(self, tmp_path: Path) -> None:
        imported = import_multihop_rag(self.folder(tmp_path, "Kane won."))
        assert quoted(imported) == [[["Kane won."], ["Kane won."]]]
        assert imported.articles[0].published == "2023-11-01T10:00:00+00:00"
        assert imported.articles[0].source == "The Post"

    def test_null_queries_are_unanswerable(self, tmp_path: Path) -> None:
        case = import_multihop_rag(self.folder(tmp_path, "Kane won.")).cases[1]
        assert (case.answerable, case.nuggets) == (False, ())

    def test_a_fact_that_is_not_there_is_an_error_or_is_listed(self, tmp_path: Path) -> None:
        folder = self.folder(tmp_path, "Kane lost.")
        with pytest.raises(CaseError, match="multihop-0"):
            import_multihop_rag(folder)
        imported = import_multihop_rag(folder, leave_out=True)
        assert [case.id for case in imported.cases] == ["multihop-1"]
        assert "multihop-0" in imported.left_out[0]


class TestRgb:
    def test_any_positive_passage_suffices(self, tmp_path: Path) -> None:
        record = {
            "id": 0,
            "query": "when",
            "answer": [["2 May", "May 2"]],
            "positive": ["On 2 May.", "May 2."],
            "negative": ["x"],
        }
        imported = import_rgb(lines(tmp_path / "en_refine.json", record))
        assert quoted(imported) == [[["On 2 May."], ["May 2."]]]
        assert imported.cases[0].nuggets == (("2 May", "May 2"),)
        assert len(imported.articles) == 3

    def test_integration_needs_one_of_each(self, tmp_path: Path) -> None:
        record = {
            "id": 0,
            "query": "both",
            "answer": [["a"], ["b", "B"]],
            "positive": [["a1", "a2"], ["b1"]],
            "negative": [],
        }
        imported = import_rgb(lines(tmp_path / "en_int.json", record))
        assert quoted(imported) == [[["a1"], ["a2"]], [["b1"]]]

    def test_counterfactual_passages_replace_the_true_ones(self, tmp_path: Path) -> None:
        record = {"id": 0, "query": "where", "answer": "Tampa", "fakeanswer": "Glendale", "negative": []}
        file = lines(
            tmp_path / "en_fact.json", record | {"positive": ["In Tampa."], "positive_wrong": ["In Glendale."]}
        )
        assert quoted(import_rgb(file)) == [[["In Tampa."]]]
        altered = import_rgb(file, counterfactual=True)
        assert quoted(altered) == [[["In Glendale."]]]
        assert altered.cases[0].forbidden == ("Glendale",)

    def test_a_record_without_a_positive_passage_names_the_case(self, tmp_path: Path) -> None:
        record = {"id": 7, "query": "q", "answer": "a", "positive": [" "], "negative": ["n"]}
        with pytest.raises(CaseError, match="case 7"):
            import_rgb(lines(tmp_path / "en_refine.json", record))


class TestPlain:
    def folder(self, tmp_path: Path, **changes: Any) -> Path:
        lines(tmp_path / "corpus.jsonl", {"id": "a", "title": "T", "text": "\ufeffİzmir\r\nand 🛳 Ansel"})
        evidence = [{"article_id": "a", "start": 8, "end": 11}, {"article_id": "a", "start": 12, "end": 13}]
        case = {"id": "c", "question": "?", "answerable": True, "answers": ["and", "🛳"], "evidence": evidence}
        lines(tmp_path / "cases.jsonl", case | changes)
        return tmp_path

    def test_ranges_are_alternatives_and_move_with_the_line_ends(self, tmp_path: Path) -> None:
        imported = import_plain(self.folder(tmp_path))
        assert imported.articles[0].text == "İzmir\nand 🛳 Ansel"
        assert quoted(imported) == [[["and"], ["🛳"]]]

    @pytest.mark.parametrize(
        "changes",
        [
            {"evidence": [{"article_id": "a", "start": 5, "end": 99}]},
            {"evidence": [{"article_id": "a", "start": -3, "end": 2}]},
            {"evidence": [{"article_id": "a", "start": 7, "end": 8}]},
            {"evidence": [{"article_id": "b", "start": 0, "end": 1}]},
            {"evidence": [{"article_id": "a", "start": 8, "end": 11, "quote": "AND"}]},
            {"evidence": []},
            {"answerable": False},
            {"question": "  "},
        ],
    )
    def test_what_does_not_fit_names_the_case(self, tmp_path: Path, changes: dict[str, Any]) -> None:
        with pytest.raises(CaseError, match="'c'"):
            import_plain(self.folder(tmp_path, **changes))

    def test_bad_json_names_the_line(self, tmp_path: Path) -> None:
        folder = self.folder(tmp_path)
        (folder / "cases.jsonl").write_text("\n{broken\n", encoding="utf-8")
        with pytest.raises(CaseError, match=r"cases\.jsonl line 2"):
            import_plain(folder)

    def test_a_missing_or_undecodable_file_is_named(self, tmp_path: Path) -> None:
        folder = self.folder(tmp_path)
        (folder / "cases.jsonl").write_bytes(b"\xff\xfe")
        with pytest.raises(CaseError, match=r"cases\.jsonl"):
            import_plain(folder)
        with pytest.raises(CaseError, match=r"corpus\.jsonl"):
            import_plain(tmp_path / "nowhere")

    @pytest.mark.skipif(not (DATA / "new_wiki").is_dir(), reason="no ../shared/data/new_wiki and no EVALS_DATA")
    def test_the_real_files_are_exact(self) -> None:
        imported = import_plain(DATA / "new_wiki")
        assert (len(imported.articles), len(imported.cases)) == (24, 4458)
        held = sum(
            quoted(imported, number)[0][0][0] in imported.cases[number].nuggets[0] for number in range(0, 4458, 97)
        )
        assert held == len(range(0, 4458, 97))


def test_a_written_corpus_is_read_back_alike(tmp_path: Path) -> None:
    imported = import_plain(TestPlain().folder(tmp_path))
    (tmp_path / "out").mkdir()
    write_corpus(imported.articles, tmp_path / "out" / "corpus.jsonl")
    (tmp_path / "out" / "cases.jsonl").write_text("", encoding="utf-8")
    assert import_plain(tmp_path / "out").articles == imported.articles


def test_every_format_has_its_importer() -> None:
    assert set(FORMATS) == {"beir", "chroma", "clapnq", "multihop-rag", "plain", "rgb", "squad"}
