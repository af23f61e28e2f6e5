"""What scripted models write about the articles of `tests.browser`."""

from tests.browser import number_of

CLOSING = "When will the old bridge close?"


def two_footnotes(prompt: str) -> str:
    if "[1]" not in prompt:  # asked what a follow-up means
        return CLOSING
    closing, cost = number_of("will close on 4 May", prompt), number_of("12 million", prompt)
    ferry = number_of("carry passengers", prompt)
    return (
        f"The old bridge will close on 4 May [{closing}]. The repairs will cost 12 million crowns [{cost}]. "
        f"A ferry will carry passengers at night [{ferry}]."
    )


def half_right(prompt: str) -> str:
    cost = number_of("12 million", prompt)
    wrong = f"The mayor resigned in June over 99 million crowns [{cost}]."
    if "Question:" not in prompt:  # asked to correct it
        return wrong
    return f"The repairs will cost 12 million crowns, according to the council [{cost}]. {wrong}"
