"""Rankings, budgets and the chunking benchmark, hand-computed and under their known traps."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics.budget import budgeted_character_recall, budgeted_evidence_recall, chunking_ceiling, within_budget
from evals.metrics.chunking import ChunkScores, chunk_scores, precision_omega
from evals.metrics.ranges import Range
from evals.metrics.retrieval import Ranking, deduplicate, found_in, rank_evidence

E1, E2, E3 = [[("a", 0, 10)]], [[("a", 100, 110)]], [[("b", 0, 10)]]
P1, P2, P3 = ("a", 0, 50), ("a", 90, 120), ("b", 0, 50)
NOISE = [("z", place, place + 10) for place in range(0, 100, 10)]
orders = st.permutations([P1, P2, P3, *NOISE[:3]])


def rank(ranked: list[Range], groups: list[list[list[Range]]], unit: str = "passage") -> Ranking:
    ranking = rank_evidence(ranked, groups, unit)  # type: ignore[arg-type]
    assert ranking is not None
    return ranking


class TestRanking:
    def test_hand_computed(self) -> None:
        found = rank([NOISE[0], P1, NOISE[1], P3], [E1, E2, E3])
        assert found.new == (0, 1, 0, 1)
        assert (found.hit(1), found.hit(2)) == (0, 1)
        assert found.evidence_recall(4) == pytest.approx(2 / 3)
        assert found.all_evidence(4) == 0
        assert found.reciprocal_rank(4) == 0.5
        assert found.reciprocal_rank(1) == 0
        # new at ranks 2 and 4 with precision 1/2 and 2/4, over min(3, 4)
        assert found.average_precision(4) == pytest.approx((1 / 2 + 2 / 4) / 3)
        ideal = 1 + 1 / math.log2(3) + 1 / 2
        assert found.ndcg(4) == pytest.approx((1 / math.log2(3) + 1 / math.log2(5)) / ideal)

    @pytest.mark.parametrize("count", [1, 2, 3])
    def test_an_ideal_ranking_scores_one_unlike_the_official_multihop_script(self, count: int) -> None:
        found = rank([P1, P2, P3][:count] + NOISE, [E1, E2, E3][:count])
        assert found.average_precision(10) == found.ndcg(10) == found.all_evidence(10) == 1

    def test_one_passage_with_two_evidences_is_ideal_too(self) -> None:
        found = rank([("a", 0, 200)], [E1, E2])
        assert found.average_precision(5) == found.ndcg(5) == found.evidence_recall(1) == 1

    def test_average_precision_divides_by_what_k_can_reach(self) -> None:
        assert rank([P1], [E1, E2, E3]).average_precision(1) == 1

    def test_the_unit_changes_the_figure(self) -> None:
        ranked = [("a", 200, 250), ("a", 90, 120), ("b", 0, 50)]
        assert rank(ranked, [E1], "article").reciprocal_rank(10) == 1
        assert rank(ranked, [E1], "passage").reciprocal_rank(10) == 0
        halves: list[Range] = [("a", 0, 4), ("a", 4, 8)]
        assert rank(halves, [E1], "range").reciprocal_rank(10) == 0.5
        assert rank(halves, [E1], "passage").hit(10) == 0

    def test_an_article_has_one_rank_however_many_passages_it_has(self) -> None:
        ranked: list[Range] = [("z", 0, 9), ("z", 20, 29), ("z", 40, 49), ("b", 0, 9)]
        assert rank(ranked, [E3], "article").reciprocal_rank(10) == 0.5

    def test_the_threshold_is_inclusive(self) -> None:
        assert found_in(E1, [("a", 5, 20)], "passage", 0.5)
        assert not found_in(E1, [("a", 6, 20)], "passage", 0.5)
        assert not found_in(E1, [("a", 1, 20)], "passage", 1.0)

    def test_an_alternative_may_need_ranges_from_two_passages(self) -> None:
        group: list[list[Range]] = [[("a", 0, 10), ("b", 0, 10)], [("c", 0, 10)]]
        assert rank([P1, NOISE[0], P3], [group]).new == (0, 0, 1)
        assert rank([P1, ("c", 0, 9), P3], [group]).new == (0, 1, 0)

    def test_nothing_retrieved_finds_nothing_and_does_not_fail(self) -> None:
        found = rank([], [E1])
        assert found.hit(5) == found.reciprocal_rank(5) == found.average_precision(5) == found.ndcg(5) == 0

    def test_questions_without_evidence_are_undefined(self) -> None:
        assert rank_evidence([P1], [], "passage") is None

    @given(orders, st.permutations([E1, E2, E3]))
    def test_the_order_of_groups_does_not_matter_and_all_is_between_0_and_1(self, ranked, groups) -> None:  # type: ignore[no-untyped-def]
        found = rank(ranked, groups)
        assert found == rank(ranked, [E1, E2, E3])
        for value in (found.average_precision(6), found.ndcg(6), found.evidence_recall(6), found.reciprocal_rank(6)):
            assert 0 < value <= 1

    @given(orders, st.integers(0, 5))
    def test_a_duplicate_never_helps(self, ranked: list[Range], place: int) -> None:
        plain, doubled = rank(ranked, [E1, E2, E3]), rank([*ranked[: place + 1], *ranked[place:]], [E1, E2, E3])
        for k in (1, 3, 6):
            assert doubled.evidence_recall(k) <= plain.evidence_recall(k)
            assert doubled.average_precision(k) <= plain.average_precision(k) + 1e-12
            assert doubled.ndcg(k) <= plain.ndcg(k) + 1e-12

    @given(orders)
    def test_dropping_the_evidence_never_helps(self, ranked: list[Range]) -> None:
        without = [item for item in ranked if item != P1]
        for k in (1, 3, 6):
            assert rank(without, [E1]).hit(k) == 0
            assert rank(without, [E1, E2]).evidence_recall(6) == 0.5

    def test_overlapping_windows_of_one_place_are_one_passage(self) -> None:
        windows: list[Range] = [("a", shift, shift + 100) for shift in (0, 20, 40, 60)]
        assert deduplicate([*windows, P3]) == [("a", 0, 100), ("a", 60, 160), P3]
        assert deduplicate([("a", 0, 10), ("a", 0, 100)]) == [("a", 0, 10), ("a", 0, 100)]


class TestBudget:
    def test_hand_computed(self) -> None:
        ranked: list[Range] = [("z", 0, 40), ("a", 0, 40)]
        # 10 tokens go to the first; 5 of the second's 10 reach half of its 40 characters
        assert within_budget(ranked, [10, 10], 15) == [("z", 0, 40), ("a", 0, 20)]
        assert budgeted_evidence_recall(ranked, [10, 10], [E1], 15) == 1
        assert budgeted_evidence_recall(ranked, [10, 10], [E1], 11) == 0
        assert budgeted_character_recall(ranked, [10, 10], [[[("a", 0, 40)]]], 15) == 0.5

    def test_long_passages_do_not_win_by_their_length(self) -> None:
        long: list[Range] = [("z", 0, 1000), ("a", 0, 1000)]
        short: list[Range] = [("z", 0, 100), ("a", 0, 100)]
        assert budgeted_evidence_recall(long, [250, 250], [E1], 50) == 0
        assert budgeted_evidence_recall(short, [25, 25], [E1], 50) == 1

    def test_a_duplicate_is_paid_for_twice(self) -> None:
        assert budgeted_evidence_recall([NOISE[0], NOISE[0], P1], [5, 5, 5], [E1], 10) == 0

    @given(orders, st.integers(0, 70))
    def test_more_budget_never_finds_less(self, ranked: list[Range], limit: int) -> None:
        tokens = [10] * len(ranked)
        less = budgeted_character_recall(ranked, tokens, [E1, E2, E3], limit)
        more = budgeted_character_recall(ranked, tokens, [E1, E2, E3], limit + 7)
        assert less is not None
        assert more is not None
        assert less <= more <= 1

    def test_undefined_without_evidence(self) -> None:
        assert budgeted_evidence_recall([P1], [5], [], 10) is None
        assert budgeted_character_recall([P1], [5], [], 10) is None

    def test_the_ceiling_is_what_the_chunks_hold_whole(self) -> None:
        chunks: list[Range] = [("a", 0, 105), ("a", 105, 200), ("b", 0, 50)]
        assert chunking_ceiling(chunks, [E1, E2, E3]) == pytest.approx(2 / 3)
        assert chunking_ceiling(chunks, []) is None


class TestChunking:
    def test_hand_computed(self) -> None:
        # found 10 + 5; wanted 20; read 40 + 20 (another corpus); not found 5
        retrieved: list[Range] = [("a", 0, 40), ("z", 0, 20)]
        found = chunk_scores(retrieved, [("a", 10, 20), ("a", 35, 45)])
        assert found == ChunkScores(15 / 20, 15 / 60, 15 / 65)

    def test_touching_is_not_finding(self) -> None:
        assert chunk_scores([("a", 0, 10)], [("a", 10, 20)]) == ChunkScores(0, 0, 0)

    def test_overlapping_chunks_are_paid_for_twice_and_found_once(self) -> None:
        found = chunk_scores([("a", 0, 20), ("a", 0, 20)], [("a", 0, 20)])
        assert found == ChunkScores(1, 0.5, 0.5)

    def test_reading_nothing_scores_zero(self) -> None:
        assert chunk_scores([], [("a", 0, 20)]) == ChunkScores(0, 0, 0)
        assert chunk_scores([("a", 0, 20)], []) is None

    def test_omega_looks_at_the_chunks_that_hold_a_reference(self) -> None:
        chunks: list[Range] = [("a", 0, 10), ("a", 10, 20), ("a", 20, 30), ("z", 0, 99)]
        assert precision_omega(chunks, [("a", 12, 22)]) == 0.5
        assert precision_omega(chunks, [("a", 25, 35)]) == pytest.approx(5 / 15)
        assert precision_omega(chunks, []) is None
