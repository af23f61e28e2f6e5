"""A language model as second opinion: does the cited text say what the statement says?

It is asked only where another check says "supported", so it can take support away and never give it: what rules veto
stays vetoed, whatever a model thinks of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import closing

from qa.citations import VisibleText, quoted, random_fence
from qa.errors import ModelError
from qa.models import ChatModel, Finish
from qa.prompts import JUDGEMENTS, Prompt
from qa.records import Support, Usage
from qa.verify import Evidence, SupportCheck, Verdict

_WORD = re.compile(rf"\b(?:{'|'.join(JUDGEMENTS)})\b", re.IGNORECASE)
_SCORES = {"partial": 0.4, "unsupported": 0.1}
_REASON = "the model that checks answers does not find it in the cited text"


class Judge:
    """A ``SupportCheck``; afterwards ``usage`` is what it has cost, and ``trouble`` why it could not be asked.

    A reply without one of the words asked for, and a model that fails, leave the verdict of ``check`` as it is. The
    same question is asked once. Made for one answer; not to be shared between threads.

    Args:
        model: judges.
        prompt: ``judge.md``.
        check: is asked first.
    """

    def __init__(self, model: ChatModel, prompt: Prompt, check: SupportCheck) -> None:
        self.usage = Usage()
        self.trouble = ""
        self._model = model
        self._prompt = prompt
        self._check = check
        self._known: dict[tuple[str, tuple[Evidence, ...]], Support | None] = {}

    def __call__(self, statement: str, evidence: Sequence[Evidence]) -> Verdict:
        """The verdict of ``check``, or a lower one."""
        verdict = self._check(statement, evidence)
        if verdict.support != "supported" or self.trouble:
            return verdict
        key = (statement, tuple(evidence))
        if key not in self._known:
            self._known[key] = self._judgement(statement, evidence)
        judged = self._known[key]
        if judged in _SCORES:
            return Verdict(judged, _REASON, min(verdict.score, _SCORES[judged]))
        return verdict

    def _judgement(self, statement: str, evidence: Sequence[Evidence]) -> Support | None:
        fence = random_fence()
        shown = "\n".join([fence, *(_shown(one, fence) for one in evidence), fence])
        messages = self._prompt.render(evidence=shown, fence=fence, statement=quoted(statement, fence))
        visible, reply = VisibleText(), ""
        try:
            with closing(self._model.stream(messages)) as deltas:  # type: ignore[type-var]
                for delta in deltas:
                    if isinstance(delta, Finish):
                        self.usage += delta.usage
                        continue
                    for part in visible.feed(delta.text):
                        reply = reply + part if isinstance(part, str) else ""
        except ModelError as error:
            self.trouble = f"the answer was checked by rules only: {error}"
            self.usage += error.usage or Usage()
            return None
        words = {word.upper() for word in _WORD.findall(reply)}
        return JUDGEMENTS[words.pop()] if len(words) == 1 else None


def _shown(evidence: Evidence, fence: str) -> str:
    """The words with what stands around them, as a model needs them to know who "he" is and which day it was."""
    date = f" ({evidence.published[:10]})" if evidence.published else ""
    heading = f"# {quoted(evidence.title, fence) or 'Untitled'}{date}"
    before = f"... {quoted(evidence.context, fence)}" if evidence.context else ""
    return "\n".join(part for part in (heading, before, f"> {quoted(evidence.text, fence)}") if part)
