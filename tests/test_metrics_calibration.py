"""Calibration and cost, hand-computed and under their known traps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics.calibration import (
    Bin,
    RiskPoint,
    area_under_risk_coverage,
    auroc,
    brier,
    coverage_at_risk,
    excess_area,
    expected_calibration_error,
    reliability,
    risk_coverage,
)
from evals.metrics.cost import costs, distribution

judged = st.lists(st.tuples(st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]), st.booleans()), min_size=1, max_size=30)


def split(pairs: list[tuple[float, bool]]) -> tuple[list[float], list[bool]]:
    return [value for value, _ in pairs], [right for _, right in pairs]


class TestAuroc:
    def test_hand_computed(self) -> None:
        # right: .9 .4, wrong: .6 .4 -> .9 wins both, .4 loses one and ties one
        assert auroc([0.9, 0.6, 0.4, 0.4], [True, False, True, False]) == pytest.approx(2.5 / 4)

    def test_equal_confidence_everywhere_says_nothing(self) -> None:
        assert auroc([0.7] * 4, [True, True, False, False]) == 0.5

    def test_undefined_if_all_answers_are_alike(self) -> None:
        assert auroc([0.1, 0.9], [True, True]) is None
        assert auroc([], []) is None

    @given(judged)
    def test_it_is_the_share_of_ordered_pairs(self, pairs: list[tuple[float, bool]]) -> None:
        good = [value for value, right in pairs if right]
        bad = [value for value, right in pairs if not right]
        if good and bad:
            wins = sum((one > other) + (one == other) / 2 for one in good for other in bad)
            assert auroc(*split(pairs)) == pytest.approx(wins / len(good) / len(bad))


class TestRiskCoverage:
    confidence = (0.9, 0.8, 0.8, 0.2)
    correct = (True, True, False, False)

    def test_hand_computed(self) -> None:
        assert risk_coverage(self.confidence, self.correct) == [
            RiskPoint(0.9, 0.25, 0),
            RiskPoint(0.8, 0.75, 1 / 3),
            RiskPoint(0.2, 1, 0.5),
        ]
        # within the tie each place is wrong by half: risks 0, 1/4, 1/3, 1/2
        assert area_under_risk_coverage(self.confidence, self.correct) == pytest.approx((0 + 1 / 4 + 1 / 3 + 1 / 2) / 4)
        assert excess_area([0.9, 0.8, 0.1], [True, True, False]) == 0

    def test_a_threshold_cannot_split_a_tie(self) -> None:
        assert coverage_at_risk(self.confidence, self.correct, 0.1) == 0.25
        assert coverage_at_risk([0.5] * 20, [True] * 18 + [False] * 2) == 0

    def test_cases_not_answered_are_not_covered(self) -> None:
        assert coverage_at_risk([0.9, 0.8], [True, True], total=4) == 0.5
        assert coverage_at_risk([], [], total=4) == 0
        assert coverage_at_risk([], []) is None

    @given(judged, st.randoms())
    def test_the_order_of_cases_does_not_matter(self, pairs, random) -> None:  # type: ignore[no-untyped-def]
        shuffled = list(pairs)
        random.shuffle(shuffled)
        for measure in (auroc, risk_coverage, area_under_risk_coverage, coverage_at_risk, reliability, brier):
            assert measure(*split(shuffled)) == measure(*split(pairs))

    @given(judged)
    def test_the_best_order_has_the_least_area(self, pairs: list[tuple[float, bool]]) -> None:
        excess = excess_area(*split(pairs))
        assert excess is not None
        assert excess >= -1e-12

    def test_turning_confidence_round_makes_everything_worse(self) -> None:
        confidence, correct = [0.9, 0.8, 0.7, 0.3], [True, True, False, False]
        turned = [1 - value for value in confidence]
        for measure in (auroc, coverage_at_risk):
            good, bad = measure(confidence, correct), measure(turned, correct)
            assert good is not None
            assert bad is not None
            assert good > bad
        for loss in (area_under_risk_coverage, expected_calibration_error, brier):
            good, bad = loss(confidence, correct), loss(turned, correct)
            assert good is not None
            assert bad is not None
            assert good < bad


class TestErrors:
    def test_hand_computed(self) -> None:
        confidence, correct = [0.9, 0.7, 0.3, 0.1], [True, False, True, False]
        assert brier(confidence, correct) == pytest.approx((0.01 + 0.49 + 0.49 + 0.01) / 4)
        assert reliability(confidence, correct, 2) == [Bin(pytest.approx(0.2), 0.5, 2), Bin(pytest.approx(0.8), 0.5, 2)]
        assert expected_calibration_error(confidence, correct, 2) == pytest.approx(0.3)

    def test_bins_have_equal_mass_even_if_all_confidence_is_high(self) -> None:
        bins = reliability([0.9 + place / 1000 for place in range(100)], [True] * 100)
        assert [part.count for part in bins] == [10] * 10

    def test_fewer_answers_than_bins(self) -> None:
        assert expected_calibration_error([1.0, 0.0], [True, False]) == 0
        assert expected_calibration_error([], []) is None
        assert brier([], []) is None

    @pytest.mark.parametrize("measure", [brier, expected_calibration_error])
    def test_what_is_not_a_probability_is_refused(self, measure) -> None:  # type: ignore[no-untyped-def]
        with pytest.raises(ValueError, match="between 0 and 1"):
            measure([1.5], [True])

    def test_what_is_not_a_number_is_refused(self) -> None:
        with pytest.raises(ValueError, match="not a number"):
            auroc([float("nan"), 0.5], [True, False])


class TestCost:
    def test_hand_computed(self) -> None:
        spread = distribution([4.0, 1.0, 2.0, 3.0])
        assert spread is not None
        assert (spread.n, spread.total, spread.mean, spread.p50, spread.p95, spread.largest) == (4, 10, 2.5, 2, 4, 4)

    def test_a_stage_not_reached_is_not_a_zero(self) -> None:
        found = costs([{"search": 0.1, "write": 2.0}, {"search": 0.3}])
        assert found["write"].n == 1
        assert found["write"].mean == 2
        assert found["search"].n == 2

    def test_nothing_measured(self) -> None:
        assert distribution([]) is None
        assert costs([]) == {}
