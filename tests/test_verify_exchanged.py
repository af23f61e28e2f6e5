"""One word in place of its opposite, or of another that it excludes, is not what the cited text says."""

from __future__ import annotations

import pytest

from qa.verify import Evidence, verify

SENTENCES = {
    "The court in Varno {} the ban on Monday.": "upheld overturned|imposed lifted|delayed hastened",
    "The council of Varno {} the plan by seven votes.": "approved rejected|adopted dropped|welcomed condemned",
    "Prices in Calder {} in March.": "rose fell|doubled halved",
    "The firm Hask {} the mill in Voss last year.": "bought sold|opened closed|leased bought|rented bought",
    "The bank {} 300 people in May.": "hired fired|employed dismissed",
    "The talks {} on Monday in Varno.": "began ended|succeeded failed",
    "Pavel Dunn, the {} of Lena Ostrov, left Varno.": "son brother|husband father|deputy boss|lawyer doctor",
    "The bridge was closed {}.": "temporarily permanently|partly completely|legally illegally",
    "The plan is {} in Varno.": "secret public|legal illegal",
    "Ostrov is the {} mayor of Varno.": "current former|deputy former",
    "Ostrov left {} the vote.": "before after|during after",
    "The army {} the town of Varno.": "captured lost|seized surrendered|shelled defended",
    "The strike {} the port.": "paralysed reopened|hit spared",
    "The union {} the strike on Friday.": "announced cancelled|threatened started|called ended",
    "Police {} the man on Friday.": "arrested released|questioned arrested|shot warned|charged released",
    "The doctor {} the patient.": "saved killed|cured infected",
    "The state {} the firm.": "nationalised privatised|taxed subsidised",
    "Hask {} the state two million crowns.": "paid owes|lent owes|offered demanded",
    "Calder {} troops to the border.": "sent withdrew",
    "The vaccine {} the disease.": "prevents causes|spreads stops",
    "Ostrov {} the paper for its report.": "praised attacked|sued thanked",
}
PAIRS = [
    (sentence.format(first), sentence.format(second))
    for sentence, pairs in SENTENCES.items()
    for pair in pairs.split("|")
    for first, second in (pair.split(), pair.split()[::-1])
]


@pytest.mark.parametrize(("cited", "statement"), PAIRS)
def test_an_exchanged_word_is_seen(cited: str, statement: str) -> None:
    assert verify(statement, [Evidence(cited, published="2032-03-01")]).support != "supported"
    assert verify(cited, [Evidence(cited, published="2032-03-01")]).support == "supported"


@pytest.mark.parametrize(
    ("cited", "statement"),
    [
        ("Police arrested and questioned the man on Friday.", "Police questioned the man on Friday."),
        ("Dunn, the son and deputy of Lena Ostrov, left.", "Dunn, the deputy of Lena Ostrov, left."),
    ],
)
def test_words_that_exclude_one_another_may_both_be_told(cited: str, statement: str) -> None:
    assert verify(statement, [Evidence(cited)]).support == "supported"
