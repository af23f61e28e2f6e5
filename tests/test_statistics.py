"""Intervals, tests and power against hand-computed and published values; identical whatever the order or machine."""

import math
import random
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.statistics import (
    bootstrap_mean,
    holm,
    mcnemar_p,
    minimum_detectable_effect,
    paired_bootstrap,
    permutation_p,
    standard_deviation,
    wilson,
)

scores = st.lists(st.floats(0, 1, allow_subnormal=False), min_size=1, max_size=12)


class TestBootstrap:
    def test_it_is_the_same_number_everywhere(self) -> None:
        """Written down once; integers and raw bits leave no room for another machine to differ."""
        found = bootstrap_mean([0.0, 1.0, 1.0, 0.5, 0.25, 1.0], list("aabbcd"))
        assert found is not None
        assert (found.estimate, found.low, found.high, found.n, found.clusters) == (0.625, 5 / 12, 5 / 6, 6, 4)

    def test_it_draws_all_combinations_of_clusters_alike(self) -> None:
        clusters = [(1.0, 2), (2.0, 2), (0.25, 1), (1.0, 1)]
        every = sorted(
            sum(total for total, _ in drawn) / sum(count for _, count in drawn) for drawn in product(clusters, repeat=4)
        )
        found = bootstrap_mean([0.0, 1.0, 1.0, 1.0, 0.25, 1.0], list("aabbcd"), resamples=100_000, confidence=0.5)
        assert found is not None
        assert (found.low, found.high) == (every[64], every[191])

    def test_it_agrees_with_the_normal_interval_where_that_holds(self) -> None:
        values = [float(place % 10 < 8) for place in range(1000)]
        found = bootstrap_mean(values)
        assert found is not None
        half = 1.96 * math.sqrt(0.8 * 0.2 / 1000)
        assert found.low == pytest.approx(0.8 - half, abs=0.003)
        assert found.high == pytest.approx(0.8 + half, abs=0.003)
        assert found.standard_error == pytest.approx(math.sqrt(0.8 * 0.2 / 1000), rel=0.03)

    def test_dependent_cases_do_not_narrow_the_interval(self) -> None:
        few = [1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0]
        copies = [value for value in few for _ in range(50)]
        names = [place for place in range(8) for _ in range(50)]
        honest, naive, single = bootstrap_mean(copies, names), bootstrap_mean(copies), bootstrap_mean(few)
        assert honest is not None
        assert naive is not None
        assert single is not None
        assert (honest.low, honest.high) == (single.low, single.high)
        assert honest.high - honest.low > 4 * (naive.high - naive.low)

    @settings(max_examples=25)
    @given(scores, st.integers(0, 99))
    def test_the_order_of_cases_does_not_matter(self, values: list[float], seed: int) -> None:
        pairs = [(value, place % 3) for place, value in enumerate(values)]
        mixed = random.Random(seed).sample(pairs, len(pairs))
        one = bootstrap_mean([value for value, _ in pairs], [name for _, name in pairs], resamples=200)
        other = bootstrap_mean([value for value, _ in mixed], [name for _, name in mixed], resamples=200)
        assert one == other

    @settings(max_examples=25)
    @given(scores)
    def test_the_interval_lies_within_the_values(self, values: list[float]) -> None:
        found = bootstrap_mean(values, resamples=200)
        assert found is not None
        assert min(values) - 1e-9 <= found.low <= found.high <= max(values) + 1e-9

    def test_one_cluster_says_nothing(self) -> None:
        found = bootstrap_mean([0.0, 1.0], ["a", "a"])
        assert found is not None
        assert (found.low, found.high) == (0.5, 0.5)

    def test_large_values_do_not_overflow(self) -> None:
        found = bootstrap_mean([1e12] * 5000, resamples=10)
        assert found is not None
        assert found.low == found.high == 1e12

    def test_undefined_without_values_and_refused_without_numbers(self) -> None:
        assert bootstrap_mean([]) is None
        with pytest.raises(ValueError, match="finite"):
            bootstrap_mean([float("nan")])

    def test_pairs_remove_what_both_runs_share(self) -> None:
        old = [place / 100 for place in range(100)]
        found = paired_bootstrap([value + 0.125 for value in old], old)
        assert found is not None
        assert found.low == pytest.approx(0.125)
        assert found.high == pytest.approx(0.125)


class TestPermutation:
    def test_it_approaches_the_exact_share_of_sign_patterns(self) -> None:
        # |sum| of +-1 +-1 +-1 +-1 is 4 for 2 of 16 patterns
        assert permutation_p([1.0] * 4, [0.0] * 4) == pytest.approx(2 / 16, abs=0.01)

    def test_it_is_never_zero(self) -> None:
        assert permutation_p([1.0] * 200, [0.0] * 200, resamples=999) == 1 / 1000

    def test_no_difference_is_one(self) -> None:
        assert permutation_p([0.1, 0.7], [0.1, 0.7]) == 1

    def test_ties_are_counted_in_spite_of_rounding(self) -> None:
        # 0.3 - 0.1 and 0.2 - 0.0 differ in their last bit; every pattern reaches |T| = 0.4 or 0
        value = permutation_p([0.3, 0.2], [0.1, 0.0])
        assert value == pytest.approx(0.5, abs=0.02)

    def test_clusters_are_flipped_whole(self) -> None:
        alone = permutation_p([1.0] * 40, [0.0] * 40)
        together = permutation_p([1.0] * 40, [0.0] * 40, [place // 20 for place in range(40)])
        assert alone is not None
        assert together is not None
        assert alone < 0.001 < 0.4 < together

    def test_undefined_without_cases_and_lengths_must_agree(self) -> None:
        assert permutation_p([], []) is None
        with pytest.raises(ValueError, match="shorter"):
            permutation_p([1.0, 0.0], [1.0])


class TestProportions:
    def test_published_values(self) -> None:
        found = wilson(90, 100)
        assert found is not None
        assert found[0] == pytest.approx(0.826, abs=5e-4)
        assert found[1] == pytest.approx(0.945, abs=5e-4)

    def test_no_failure_is_not_certainty(self) -> None:
        assert wilson(0, 100) == (0.0, pytest.approx(0.037, abs=5e-4))
        assert wilson(100, 100) == (pytest.approx(0.963, abs=5e-4), 1.0)
        assert wilson(0, 0) is None
        with pytest.raises(ValueError, match="3 of 2"):
            wilson(3, 2)

    def test_mcnemar_is_the_binomial_tail(self) -> None:
        assert mcnemar_p(1, 9) == pytest.approx(2 * (1 + 10) / 1024)
        assert mcnemar_p(9, 1) == mcnemar_p(1, 9)
        assert mcnemar_p(5, 5) == 1
        assert mcnemar_p(0, 0) == 1
        assert mcnemar_p(0, 2000) >= 0

    def test_holm_hand_computed(self) -> None:
        found = holm({"a": 0.01, "b": 0.04, "c": 0.03})
        assert found == {"a": pytest.approx(0.03), "c": pytest.approx(0.06), "b": pytest.approx(0.06)}
        assert holm({}) == {}


class TestPower:
    @pytest.mark.parametrize(
        ("spread", "n", "points"), [(27, 50, 10.7), (27, 100, 7.6), (27, 472, 3.5), (32, 100, 9.0), (32, 472, 4.1)]
    )
    def test_published_table(self, spread: float, n: int, points: float) -> None:
        assert minimum_detectable_effect(spread / math.sqrt(n)) == pytest.approx(points, abs=0.05)

    def test_standard_deviation_hand_computed(self) -> None:
        assert standard_deviation([1.0, 3.0]) == pytest.approx(math.sqrt(2))
        assert standard_deviation([1.0]) is None
