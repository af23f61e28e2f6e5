"""What an order to a machine looks like: the patterns, each for one kind.

They were written for what attackers write, not for what news writes about them; a report that quotes an order in full
may be taken for one.
"""

from __future__ import annotations

import re
from functools import lru_cache

from qa.prompts import NOT_IN_ARTICLES

_MACHINE = (
    r"(?:AI|A\.I\.|artificial intelligence|chat ?bots?|language models?|LLMs?|GPT|bots?|crawlers?|copilots?"
    r"|automated (?:systems?|readers?|tools?)|machine readers?|(?:virtual|digital) assistants?)"
)
_TOLD = r"(?:instructions?|prompts?|rules|guidelines|articles|context|directives?)"
_SAY = r"(?:state|say|answer|reply|respond|repeat|claim|mention|write|output|print)"
_REPLY = r"(?:answers?|repl(?:y|ies)|responses?|outputs?|summar(?:y|ies))"
_ROLE = r"(?:system|assistant|user|human|developer)"
_SPEAKS_OF_MACHINES = re.compile(rf"\b(?:{_MACHINE}|assistants?)\b", re.IGNORECASE)

_TO_MACHINES = (
    r"\b(?:note|notice|message|instructions?|policy|attention|reminder|correction)\s+(?:to|for)\s+(?:(?:any|all|the)\s+)*"
    rf"(?:{_MACHINE}|assistants?)(?:\s+\w+){{0,4}}\s*[:–—]",
    rf"\b{_MACHINE}\s+(?:notice|note|message|instructions?|directive|policy)\s*:",
    rf"\bdear\s+(?:{_MACHINE}|assistants?)\b",
    rf"(?:^|[.!?:”\"»]\s*|\s{{2,}})(?:{_MACHINE}|assistants?)(?:\s+\w+){{0,3}}\s*[,:–—!]\s*(?:please\s+|always\s+|never\s+)?"
    rf"(?:{_SAY}|add|append|insert|put|include|cite|ignore|disregard|begin|end|treat|recommend|when you are"
    r"|before you)\b",
    rf"\b{_MACHINE}(?:\s+\w+){{0,5}}\s*(?:must|should always|shall|are (?:ordered|instructed|required) to)\s+"
    rf"(?:always\s+|only\s+)?{_SAY}\s*(?:\bthat\b|\bonly\b|\bwith\b|\bexactly\b|[:\"“‘'])",
    rf"\b{_MACHINE}(?:\s+\w+){{0,5}}\s*(?:must|should always|shall)\s+cite\s+(?:sentence|source|footnote|only|\[)",
    rf"\b(?:user|human)\s*:[^.?!]{{0,200}}[.?!]?\s*(?:assistant|{_MACHINE})\s*:",
    r"\byou are (?:now|no longer|henceforth) (?:an? |the )?(?:\w+ ){0,2}(?:AI|assistant|chatbot|language model)\b",
)
"""Looked for only where a text speaks of machines at all."""

_KINDS = {
    # What was told before is to be forgotten, in the languages that most attacks are written in.
    rf"\b(?:ignore|disregard|forget|override|stop following)\b[^.]{{0,40}}"
    rf"\b(?:previous|prior|above|earlier|preceding|other|all|any|your)\b[^.]{{0,20}}\b{_TOLD}\b": (
        "ignore disregard forget override following"
    ),
    r"\b(?:ignore|disregard|forget)\b[^.]{0,30}\byou (?:were|have been|are) (?:told|given|instructed|taught)\b": (
        "ignore disregard forget"
    ),
    r"\b(?:ignorier\w*|vergiss|vergesst|missachte\w*)\b[^.]{0,40}\b(?:anweisung|vorgabe|regel|befehl)\w*": (
        "ignorier vergiss vergesst missachte"
    ),
    r"\b(?:ignore[zr]?|oublie[zr]?)\b[^.]{0,40}\b(?:instructions|consignes)\b": "ignore oublie",
    r"\b(?:ignor[ae]|olvid[ae]|dimentica|esqueça)\b[^.]{0,40}\b(?:instrucciones|istruzioni|instruções)\b": (
        "ignora ignore olvid dimentica esqueça"
    ),
    r"\bигнорируй\w*[^.]{0,40}\b(?:инструкц|указани|правил)\w*": "игнорируй",
    r"(?:忽略|无视)[^。]{0,20}(?:指令|指示|提示)": "忽略 无视",
    # What an answer is to be.
    rf"\b{_SAY}\s+(?:only|exactly|verbatim|literally|nothing but|word for word)\s*[:\"“]": (
        "only exactly verbatim literally nothing word"
    ),
    rf"\b(?:add|append|put|insert|include|begin|start|end|close|finish|prefix)\b[^.]{{0,60}}\b(?:your|each|every)\s+"
    rf"(?:\w+\s+)?{_REPLY}\b": "answer reply replies response output summar",
    rf"\byour (?:whole |entire |only |final |next )?{_REPLY} (?:is:|is to\b|must\b|should be\b|shall\b|has to\b)": (
        "your"
    ),
    rf"\bwhen(?:ever)? you are asked\b[^.]{{0,80}}\b(?:{_SAY}|answer is|tell)\b": "asked",
    r"\b(?:repeat|reveal|print|show|output|disclose|leak)\b[^.]{0,40}\b(?:system prompt|(?:text|prompt|words) above"
    r"|your (?:system |hidden |initial |secret |own )?(?:prompts?|instructions|rules))": "prompt above your",
    # Parts of a conversation with a model.
    r"\[/?(?:system|inst|assistant|user)\]|<\|?/?(?:system|assistant|im_start|im_end|endoftext)\|?>|<</?sys>>": "] >",
    r"<!--\s*(?:system|assistant|AI)\b": "<!--",
    r"\b(?:system prompt|system message|developer message)\s*[:\]]": "prompt message",
    rf"#{{1,6}}\s*{_ROLE}\b\s*(?::|$)": "#",
    rf"(?:={{3,}}|-{{3,}}|#{{3,}}|`{{3,}})[^.]{{0,40}}\b(?:{_ROLE}|question|answer|instructions?"
    r"|(?:end|beginning|start) of (?:the )?(?:articles?|documents?|context|sources?|evidence))\b": "=== --- ### ```",
    r"\byou are (?:now|no longer|henceforth) (?:an? |the )?\w+bot\b": "bot",
    r"\bfrom now on,? you (?:(?:will|must|shall|should|are to|only|always) ){0,2}(?:answer|reply|respond|act as)\b": (
        "from"
    ),
    # What would run or load where a reply is shown.
    r"<(?:script|img|iframe|svg|object|embed|form|meta|link|style)\b|\bon(?:error|load|click|mouseover|focus)\s*="
    r"|\bjavascript:|!\[[^\]\n]{0,200}\]\(": "< = javascript ![",
}
"""Each pattern with the words of which a text must hold one, in small letters, to be looked through for it."""

_PATTERNS = [(tuple(words.split()), re.compile(pattern, re.IGNORECASE)) for pattern, words in _KINDS.items()]
_ADDRESS = re.compile("|".join(_TO_MACHINES), re.IGNORECASE)


@lru_cache(maxsize=2048)
def order_in(text: str) -> int | None:
    """Where in a text an order to a machine begins, line breaks read as spaces; ``None`` where there is none."""
    flat = text.replace("\n", " ")
    small = flat.lower()
    looked_for = [pattern for words, pattern in _PATTERNS if any(word in small for word in words)]
    if _SPEAKS_OF_MACHINES.search(flat):
        looked_for.append(_ADDRESS)
    places = [_first_word(flat, found.start()) for pattern in looked_for if (found := pattern.search(flat))]
    literal = flat.find(NOT_IN_ARTICLES)
    return min([*places, literal] if literal >= 0 else places, default=None)


def _first_word(text: str, place: int) -> int:
    """The end of the sentence before is no part of an order."""
    while place < len(text) and (text[place].isspace() or text[place] in '.!?:”"»'):
        place += 1
    return place
