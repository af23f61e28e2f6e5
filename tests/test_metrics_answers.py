"""Answer words, values, nuggets and abstention, each against a hand-computed value and its known trap."""

import re
import string
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics.abstention import abstention
from evals.metrics.answers import answer_contains, exact_match, polarity, token_f1, without_markers
from evals.metrics.facts import fact_tokens, forbidden_hits, holds, nugget_recall
from evals.metrics.normalize import answer_tokens, fold
from evals.metrics.score import Score, harmonic_mean, mean_defined

words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=40)


class TestExactMatchAndF1:
    def test_hand_computed_f1(self) -> None:
        # {mayor, resigned, on, monday} against {mayor, resigned, in, june}: 2 shared of 4 and 4
        assert token_f1("The mayor resigned on Monday", ["a mayor resigned in June"]) == 0.5

    def test_the_best_gold_counts(self) -> None:
        assert token_f1("Rubio", ["Sergey Lavrov", "Marco Rubio"]) == pytest.approx(2 / 3)
        assert exact_match("rubio!", ["Lavrov", "The Rubio"]) == 1

    def test_repeating_a_word_does_not_help(self) -> None:
        assert token_f1("yes yes yes", ["yes"]) == 0.5
        assert token_f1("yes", ["yes"]) == 1

    def test_curly_quotes_and_dashes_are_typography(self) -> None:
        assert exact_match("“it’s” semi‑final", ['"it\'s" semi-final']) == 1

    def test_the_decimal_point_stays(self) -> None:
        assert answer_tokens("$8.5m") == ["8.5m"]
        assert exact_match("$8.5m", ["$85m"]) == 0

    @pytest.mark.parametrize(
        ("text", "tokens"),
        [
            ("1,000, and 2,000,000.", ["1000", "and", "2000000"]),
            ("8.50.", ["8.5"]),
            ("-5%", ["-5"]),
            ("1990–1995", ["1990-1995"]),
            ("won 3-2", ["won", "3-2"]),
            ("10² or 1½", ["10", "2", "or", "1", "1/2"]),
            ("yes—no", ["yes", "no"]),
            ("The", ["the"]),
            ("👍", ["👍"]),
            ("İstanbul", ["istanbul"]),
            (" \r\n\t", []),
        ],
    )
    def test_tokens(self, text: str, tokens: list[str]) -> None:
        assert answer_tokens(text) == tokens

    def test_an_answer_that_is_only_an_article_or_punctuation_does_not_equal_silence(self) -> None:
        assert exact_match("", ["A"]) == 0
        assert token_f1("", ["..."]) == 0

    def test_blank_equals_only_blank(self) -> None:
        assert token_f1(" ", [""]) == 1
        assert token_f1("word", [""]) == 0

    def test_without_golds_nothing_is_defined(self) -> None:
        assert exact_match("x", []) is None
        assert token_f1("x", []) is None
        assert answer_contains("x", []) is None

    @pytest.mark.slow
    @given(words)
    def test_a_text_agrees_with_itself(self, text: str) -> None:
        assert exact_match(text, [text]) == 1
        assert token_f1(text, [text]) == 1

    @given(words, words)
    def test_f1_is_symmetric_and_between_0_and_1(self, one: str, other: str) -> None:
        forward = token_f1(one, [other])
        assert forward is not None
        assert 0 <= forward <= 1
        assert forward == token_f1(other, [one])

    @given(st.text(string.ascii_letters + " '!?;_\"", max_size=60))
    def test_it_equals_the_squad_rules_where_those_are_sound(self, text: str) -> None:
        bare = "".join(mark for mark in text.lower() if mark not in string.punctuation)
        official = re.sub(r"\b(a|an|the)\b", " ", bare).split()
        if official:
            assert answer_tokens(text) == official

    @pytest.mark.slow
    def test_a_megabyte_without_a_space_is_one_token(self) -> None:
        assert answer_tokens("x" * 1_000_000) == ["x" * 1_000_000]

    @given(words)
    def test_folding_twice_changes_nothing_more_in_tokens(self, text: str) -> None:
        assert Counter(answer_tokens(fold(text))) == Counter(answer_tokens(text))


class TestContains:
    @pytest.mark.parametrize(
        ("said", "gold"),
        [
            ("He plans a Moscow-based fund.", "Moscow"),
            ("It was Biden’s plan.", "Biden"),
            ("The U.S. Army left.", "US army"),
            ("It cost 8.5 million dollars.", "$8.5m"),
            ("It cost $8.5bn.", "US$8,500 million"),
            ("Twenty-seven people died.", "27"),
            ("About three hundred and twenty-five thousand fled.", "325,000"),
            ("Inflation is 5 per cent.", "5%"),
            ("It happened on 29 December 2022.", "Dec. 29, 2022"),
            ("It happened on 2022-12-29.", "December 2022"),
            ("It happened on December 29, 2022.", "2022"),
            ("It lasted from 1990–1995.", "1995"),
            ("They won 3-2.", "3-2"),
            ("No, it fell.", "no"),
            ("Yes.", "yes"),
        ],
    )
    def test_it_is_there(self, said: str, gold: str) -> None:
        assert answer_contains(said, [gold]) == 1

    @pytest.mark.parametrize(
        ("said", "gold"),
        [
            ("I know.", "no"),
            ("There is no doubt: yes.", "no"),
            ("In Indiana.", "India"),
            ("8 million fled.", "8"),
            ("8.5 fled.", "8"),
            ("It cost $85m.", "$8.5m"),
            ("It cost €8.5m.", "$8.5m"),
            ("5 people.", "5%"),
            ("It rose 5 percentage points.", "5%"),
            ("They won 2-3.", "3-2"),
            ("On 28 December 2022.", "29 December 2022"),
            ("In December.", "29 December"),
            ("It is -5 degrees.", "5 degrees"),
            ("Kerry John", "John Kerry"),
            ("", "Kerry"),
        ],
    )
    def test_it_is_not_there(self, said: str, gold: str) -> None:
        assert answer_contains(said, [gold]) == 0

    def test_a_tolerance_can_be_allowed(self) -> None:
        assert holds("about 101 people", "100 people", tolerance=0.02)
        assert not holds("about 103 people", "100 people", tolerance=0.02)

    @given(words)
    def test_every_text_with_words_holds_itself(self, text: str) -> None:
        assert holds(text, text) == bool(fact_tokens(text))

    def test_polarity_reads_the_first_clause(self) -> None:
        assert polarity("“Yes”, he said, with no doubt") == "yes"
        assert polarity("No.") == "no"
        assert polarity("None of them") is None
        assert polarity("No-one came") is None

    def test_markers_of_citations_go_and_years_in_brackets_stay(self) -> None:
        assert without_markers("It fell [1][12]. In [2023] it rose [3].", {1, 12, 3}) == "It fell. In [2023] it rose."


class TestNuggets:
    def test_hand_computed(self) -> None:
        nuggets = [["27", "twenty-seven"], ["Skerry Maid"], ["Monday"]]
        assert nugget_recall("The Skerry Maid sank with twenty-seven aboard.", nuggets) == pytest.approx(2 / 3)

    def test_naming_a_nugget_twice_does_not_help(self) -> None:
        assert nugget_recall("Paris, Paris, Paris", [["Paris"], ["London"]]) == 0.5

    def test_flipped_numbers_lose_the_nugget(self) -> None:
        nuggets = [["$1.2 billion"], ["15%"], ["12 March 2025"]]
        good = "It paid $1.2bn, 15 percent, on March 12, 2025."
        assert nugget_recall(good, nuggets) == 1
        assert nugget_recall(good.replace("1.2", "2.1").replace("15", "51").replace("12,", "21,"), nuggets) == 0

    def test_undefined_without_nuggets(self) -> None:
        assert nugget_recall("text", []) is None

    def test_forbidden_phrases_are_named(self) -> None:
        assert forbidden_hits("It was 31 dead, not 27.", ["31", "thirty", "2"]) == ("31",)


class TestAbstention:
    def test_hand_computed(self) -> None:
        answerable = [True] * 6 + [False] * 4
        outcomes = ["answered"] * 4 + ["abstained", "error"] + ["abstained"] * 2 + ["answered", "error"]
        found = abstention(answerable, outcomes)  # type: ignore[arg-type]
        assert found.recall == 0.5
        assert found.precision == pytest.approx(2 / 3)
        assert found.f1 == pytest.approx(2 * 0.5 * (2 / 3) / (0.5 + 2 / 3))
        assert found.over_refusal == pytest.approx(2 / 6)
        assert found.false_answer_rate == 0.5
        assert found.coverage == 0.5
        assert found.error_rate == 0.2
        assert (found.answerable, found.unanswerable) == (6, 4)

    def test_failures_do_not_leave_the_denominator(self) -> None:
        assert abstention([False, False], ["abstained", "error"]).recall == 0.5

    def test_answering_everything_and_abstaining_always_are_both_bad(self) -> None:
        answerable = [True, True, False]
        everything = abstention(answerable, ["answered"] * 3)
        assert (everything.false_answer_rate, everything.over_refusal, everything.f1) == (1, 0, 0)
        assert everything.precision is None
        nothing = abstention(answerable, ["abstained"] * 3)
        assert (nothing.false_answer_rate, nothing.over_refusal) == (0, 1)
        assert nothing.precision == pytest.approx(1 / 3)

    def test_without_unanswerable_cases_recall_is_undefined(self) -> None:
        found = abstention([True], ["abstained"])
        assert (found.recall, found.f1, found.false_answer_rate) == (None, None, None)

    def test_lengths_must_agree(self) -> None:
        with pytest.raises(ValueError, match="shorter"):
            abstention([True], [])


class TestScore:
    def test_a_score_is_finite_or_undefined(self) -> None:
        assert Score(None, "no gold").value is None
        with pytest.raises(ValueError, match="finite"):
            Score(float("nan"))

    def test_silence_has_an_f1_of_zero_not_of_nothing(self) -> None:
        assert harmonic_mean(None, 0.0) == 0
        assert harmonic_mean(1.0, None) is None

    def test_the_mean_says_how_many_are_undefined(self) -> None:
        assert mean_defined([1.0, None, 0.0]) == (0.5, 2, 1)
        assert mean_defined([None]) == (None, 0, 1)
