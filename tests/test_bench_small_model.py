"""The bench that lets a very small model order passages: odds are read right, and weights order as they say."""

import math

from evals.bench.small_model import Judged, log_odds, report, yes_or_no


def test_the_odds_are_those_of_yes_against_no_in_any_spelling() -> None:
    words = [(" Yes", math.log(0.3)), ("yes", math.log(0.3)), ("No", math.log(0.2)), ("The", math.log(0.2))]
    assert math.isclose(yes_or_no(words), math.log(0.6 / 0.2))
    assert yes_or_no([("The", -0.1)]) == 0.0
    assert yes_or_no([("Yes", -0.1)]) == log_odds(1.0) < 10


def test_a_weight_decides_between_both_orders() -> None:
    judged = Judged(right=(False, True), standing=(1.0, 0.0), model=(-1.0, 1.0))
    assert not judged.first_is_right(0.0)
    assert not judged.first_is_right(0.2)
    assert judged.first_is_right(1.0)
    assert judged.first_is_right(math.inf)
    assert "alone               100.0" in report([judged], [0.5])
    assert "500 ms" in report([judged], [0.5])
