"""Range algebra, citations against evidence, and attribution, hand-computed and under their known traps."""

from collections.abc import Sequence
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics.attribution import CitedStatement, attribution
from evals.metrics.citations import (
    Agreement,
    article_agreement,
    character_agreement,
    citation_validity,
    evidence_agreement,
    is_valid_citation,
    mean_citation_length,
)
from evals.metrics.lexical_support import lexical_support
from evals.metrics.ranges import Range, best_alternatives, coverage, merge, merge_overlapping, overlap, size

ranges = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(0, 30), st.integers(1, 12)).map(lambda r: (r[0], r[1], r[1] + r[2])),
    max_size=8,
)
some_ranges = ranges.filter(bool)


def characters(items: Sequence[Range]) -> set[tuple[str, int]]:
    return {(article_id, place) for article_id, start, end in items for place in range(start, end)}


class TestRanges:
    @given(ranges, ranges)
    def test_the_algebra_is_that_of_sets_of_characters(self, one: list[Range], other: list[Range]) -> None:
        assert size(merge(one)) == len(characters(one))
        assert overlap(merge(one), merge(other)) == len(characters(one) & characters(other))

    @given(some_ranges, ranges)
    def test_coverage_is_the_share_of_characters(self, targets: list[Range], shown: list[Range]) -> None:
        target = targets[0]
        wanted = characters([target])
        assert coverage(target, merge(shown)) == pytest.approx(len(wanted & characters(shown)) / len(wanted))

    def test_ranges_that_only_touch_share_nothing(self) -> None:
        assert overlap(merge([("a", 0, 5)]), merge([("a", 5, 9)])) == 0

    def test_ranges_that_only_touch_stay_two_units(self) -> None:
        assert merge_overlapping([("a", 5, 9), ("a", 0, 5), ("a", 8, 12)]) == [("a", 0, 5), ("a", 5, 12)]

    def test_an_empty_range_is_refused(self) -> None:
        with pytest.raises(ValueError, match="3:3"):
            merge([("a", 3, 3)])

    def test_ties_between_alternatives_do_not_depend_on_their_order(self) -> None:
        long, short = [("a", 0, 20)], [("b", 0, 5)]
        assert best_alternatives([[long, short]], {}) == best_alternatives([[short, long]], {}) == short


class TestValidity:
    texts: ClassVar = {"a": "Ferry sinks 🛳 off İzmir."}

    def test_only_the_exact_words_at_the_exact_place_are_valid(self) -> None:
        good = (("a", 12, 13), "🛳")
        bad = (("a", 11, 12), "🛳")
        assert citation_validity([good, bad], self.texts) == 0.5

    @pytest.mark.parametrize(
        ("place", "quote"),
        [
            (("b", 0, 5), "Ferry"),
            (("a", -6, -1), "İzmir"),
            (("a", 0, 0), ""),
            (("a", 20, 99), "mir."),
            (("a", 0, 5), "ferry"),
        ],
    )
    def test_what_slicing_would_forgive_is_invalid(self, place: Range, quote: str) -> None:
        assert not is_valid_citation(place, quote, self.texts)

    def test_undefined_without_citations(self) -> None:
        assert citation_validity([], self.texts) is None


class TestCharacters:
    def test_hand_computed(self) -> None:
        # gold 0:10 and b 0:10; cited 5:15 and b 0:5 -> shared 5 + 5 of 20 gold and 15 cited
        found = character_agreement([("a", 5, 15), ("b", 0, 5)], [[[("a", 0, 10)]], [[("b", 0, 10)]]])
        assert found == Agreement(
            pytest.approx(10 / 15), 0.5, pytest.approx(2 * (2 / 3) * 0.5 / (2 / 3 + 0.5)), pytest.approx(10 / 25)
        )

    def test_overlapping_citations_are_not_counted_twice(self) -> None:
        gold = [[[("a", 0, 10)]]]
        assert character_agreement([("a", 0, 10), ("a", 0, 10), ("a", 2, 8)], gold).recall == 1

    def test_one_good_alternative_is_enough_and_a_second_is_no_fault(self) -> None:
        groups = [[[("a", 0, 10)], [("b", 0, 100)]]]
        assert character_agreement([("a", 0, 10)], groups) == Agreement(1, 1, 1, 1)
        both = character_agreement([("a", 0, 10), ("b", 0, 100)], groups)
        assert (both.precision, both.recall) == (1, 1)

    def test_an_alternative_needs_all_its_ranges(self) -> None:
        groups = [[[("a", 0, 10), ("b", 0, 10)]]]
        assert character_agreement([("a", 0, 10)], groups).recall == 0.5

    def test_silence_has_no_precision_and_scores_zero(self) -> None:
        assert character_agreement([], [[[("a", 0, 10)]]]) == Agreement(None, 0, 0, 0)

    def test_without_gold_nothing_is_defined(self) -> None:
        assert character_agreement([("a", 0, 10)], []) == Agreement(None, None, None, None)

    @given(some_ranges)
    def test_citing_exactly_the_gold_is_perfect(self, gold: list[Range]) -> None:
        groups = [[[item]] for item in gold]
        assert character_agreement(gold, groups) == Agreement(1, 1, 1, 1)
        assert evidence_agreement(gold, groups) == Agreement(1, 1, 1)
        assert article_agreement(gold, groups) == Agreement(1, 1, 1)

    @given(ranges, some_ranges, st.randoms())
    def test_neither_order_nor_duplicates_matter(self, cited: list[Range], gold: list[Range], random) -> None:  # type: ignore[no-untyped-def]
        groups = [[[item]] for item in gold]
        more = cited + cited[:2]
        random.shuffle(more)
        shuffled = groups[::-1]
        for agreement in (character_agreement, evidence_agreement, article_agreement):
            assert agreement(more, shuffled) == agreement(cited, groups)

    @given(some_ranges, some_ranges)
    def test_dropping_a_citation_never_raises_recall(self, cited: list[Range], gold: list[Range]) -> None:
        groups = [[[item]] for item in gold]
        for agreement in (character_agreement, evidence_agreement, article_agreement):
            before, after = agreement(cited, groups).recall, agreement(cited[1:], groups).recall
            assert before is not None
            assert after is not None
            assert after <= before

    @given(ranges, some_ranges)
    def test_all_scores_lie_between_0_and_1(self, cited: list[Range], gold: list[Range]) -> None:
        groups = [[[item], [("b", 50, 60), item]] for item in gold]
        for agreement in (character_agreement, evidence_agreement, article_agreement):
            found = agreement(cited, groups)
            for value in (found.precision, found.recall, found.f1, found.iou):
                assert value is None or 0 <= value <= 1

    def test_moving_every_citation_to_another_article_loses_everything(self) -> None:
        groups = [[[("a", 0, 10)]]]
        assert character_agreement([("b", 0, 10)], groups) == Agreement(0, 0, 0, 0)


class TestEvidence:
    def test_hand_computed(self) -> None:
        groups = [[[("a", 0, 10)]], [[("a", 20, 30)]], [[("b", 0, 10)]]]
        # half of the first, four tenths of the second; the third citation lies elsewhere
        found = evidence_agreement([("a", 0, 5), ("a", 26, 30), ("c", 0, 9)], groups)
        assert found.recall == pytest.approx(1 / 3)
        assert found.precision == pytest.approx(2 / 3)

    def test_a_sentence_around_a_short_answer_is_right(self) -> None:
        found = evidence_agreement([("a", 100, 220)], [[[("a", 150, 156)]]])
        assert (found.precision, found.recall) == (1, 1)

    def test_shifted_copies_of_one_citation_count_once(self) -> None:
        copies = [("a", shift, 10 + shift) for shift in range(5)]
        found = evidence_agreement([*copies, ("b", 0, 10)], [[[("a", 0, 10)]]])
        assert found.precision == 0.5

    def test_a_wrong_neighbour_that_touches_is_still_wrong(self) -> None:
        assert evidence_agreement([("a", 0, 10), ("a", 10, 20)], [[[("a", 0, 10)]]]).precision == 0.5

    def test_articles(self) -> None:
        groups = [[[("a", 0, 10)], [("b", 0, 10)]], [[("c", 0, 10)]]]
        found = article_agreement([("b", 50, 60), ("d", 0, 1)], groups)
        assert (found.precision, found.recall) == (0.5, 0.5)

    def test_citing_whole_articles_shows_in_length_and_character_precision(self) -> None:
        assert mean_citation_length([("a", 0, 10), ("a", 5, 25), ("b", 0, 5)]) == 15
        assert mean_citation_length([]) is None
        assert character_agreement([("a", 0, 1000)], [[[("a", 0, 10)]]]).precision == 0.01


def word_support(statement: str, evidence: Sequence[str]) -> bool:
    return set(statement.split()) <= set(" ".join(evidence).split())


class TestAttribution:
    def test_hand_computed(self) -> None:
        statements = [
            CitedStatement("a b", ("a", "b")),  # both needed: 2 of 2 count
            CitedStatement("c", ("c", "x")),  # x is idle: 1 of 2
            CitedStatement("d", ("x",)),  # not supported: 0 of 1
            CitedStatement("e", ()),  # not cited
        ]
        found = attribution(statements, word_support)
        assert found.recall == 0.5
        assert found.precision == pytest.approx(3 / 5)

    def test_two_citations_that_each_suffice_both_count(self) -> None:
        assert attribution([CitedStatement("a", ("a", "a b"))], word_support).precision == 1

    def test_the_same_words_twice_are_one_citation(self) -> None:
        once = attribution([CitedStatement("a", ("a", "x"))], word_support)
        assert attribution([CitedStatement("a", ("a", "x", "a", "a"))], word_support) == once

    def test_the_check_is_never_asked_about_nothing(self) -> None:
        def strict(statement: str, evidence: Sequence[str]) -> bool:
            assert evidence
            return False

        assert attribution([CitedStatement("a", ()), CitedStatement("b", ("x",))], strict).recall == 0

    def test_shuffling_citations_between_statements_lowers_both(self) -> None:
        good = [CitedStatement(word, (word,)) for word in "abc"]
        shuffled = [CitedStatement(word, (other,)) for word, other in zip("abc", "bca", strict=True)]
        assert attribution(good, word_support).recall == attribution(good, word_support).precision == 1
        assert attribution(shuffled, word_support).recall == attribution(shuffled, word_support).precision == 0

    def test_without_statements_or_citations_nothing_is_defined(self) -> None:
        assert attribution([], word_support).recall is None
        assert attribution([CitedStatement("a", ())], word_support).precision is None


SOURCE = (
    "The ferry Skerry Maid sank off Port Ansel on Monday with 214 people aboard, the coast guard said. "
    "Captain Ilse Brandt denied that the ship was overloaded. Repairs had cost $8.5 million in March 2024."
)


class TestLexicalSupport:
    @pytest.mark.parametrize(
        "statement",
        [
            "The ferry Skerry Maid sank off Port Ansel on Monday.",
            "214 people were aboard the ferry.",
            "Repairs cost 8.5 million dollars in March 2024.",
            "Captain Ilse Brandt denied that the ship was overloaded.",
        ],
    )
    def test_what_the_source_says_is_supported(self, statement: str) -> None:
        assert lexical_support(statement, [SOURCE])

    @pytest.mark.parametrize(
        "statement",
        [
            "The ferry Skerry Maid sank off Port Ansel on Monday with 241 people aboard.",
            "The ferry Skerry Maid sank off Port Ranta on Monday.",
            "The ferry Skerry Maid did not sink off Port Ansel on Monday.",
            "Repairs had cost $85 million in March 2024.",
            "Repairs had cost $8.5 million in March 2025.",
            "The minister of transport will resign after the inquiry.",
        ],
    )
    def test_changed_numbers_names_dates_and_negations_are_not(self, statement: str) -> None:
        assert not lexical_support(statement, [SOURCE])

    @given(st.text("abc Not5,'é", max_size=60))
    def test_a_sentence_supports_itself(self, text: str) -> None:
        if text.strip():
            assert lexical_support(text, [text])

    def test_a_long_quotation_supports_itself_though_one_of_its_sentences_is_negated(self) -> None:
        quote = "The ferry never left Port Ansel.\n\nIt sank off Port Ansel on Monday with 214 people aboard, all of it"
        assert lexical_support(" ".join(quote.split()), [quote])

    def test_words_torn_from_a_negation_are_not_supported(self) -> None:
        assert not lexical_support("the mayor took money", ["It is not true that the mayor took money"])
