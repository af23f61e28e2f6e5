"""What a language model wrote, held against its evidence: statements get better footnotes, are corrected, or go.

A statement that its footnotes do not support gets others, if any of the sentences shown say it; else the model is asked
once to correct it; else it is kept and marked, or dropped, as the settings say. If nothing stands, nothing is kept.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

from qa.citations import MarkerRewriter, Rewritten, random_fence
from qa.errors import ModelError
from qa.models import ChatModel, Finish
from qa.prompts import NOT_IN_ARTICLES, Prompt, estimate_tokens
from qa.records import Usage
from qa.revision import Draft, drafts
from qa.settings import Settings
from qa.support import Support
from qa.verify import Verdict

MOST_CORRECTIONS = 2
"""Further calls to the model for one answer."""
RESERVE = 64
"""Tokens: chat templates add some of their own."""
_BROKEN_OFF = 0.4
"""Score of a statement without its end."""
_STOPS = (".", "!", "?", "…", "。", "！", "？")
_AFTER_STOP = " \t\n*_\"'”’»)]"


class Review:
    """Judges the statements of one answer; then ``usage`` is what corrections cost, and ``trouble`` what went wrong.

    Args:
        support: judges statements by the sentences that the model was shown.
        model: corrects statements.
        prompt: asks for a correction.
        settings: limits, and what becomes of unsupported statements.
    """

    def __init__(self, support: Support, model: ChatModel, prompt: Prompt, settings: Settings) -> None:
        self.support = support
        self.usage = Usage()
        self.trouble = ""
        self._model = model
        self._prompt = prompt
        self._settings = settings
        self._corrections = 0

    def kept(self, written: list[Draft], *, whole: bool = True) -> list[Draft]:
        """The statements that make the answer, judged.

        Args:
            written: the statements, as ``said`` gives them.
            whole: whether the model came to its end. Else it is asked to correct none, and a last one that breaks off
                is not shown as supported: its end may have said otherwise.
        """
        judged = [self._settled(draft, whole) for draft in written if _words(draft) != NOT_IN_ARTICLES]
        if judged and not whole:
            judged[-1] = _broken_off(judged[-1])
        standing = [draft for draft in judged if draft.stands]
        return standing if not standing or self._settings.unsupported == "drop" else judged

    def _settled(self, draft: Draft, whole: bool) -> Draft:
        judged = self._judged(draft)
        if judged.stands or not whole or self._corrections >= MOST_CORRECTIONS or self.trouble:
            return judged
        self._corrections += 1
        return self._corrected(judged) or judged

    def _judged(self, draft: Draft) -> Draft:
        own = self.support.judge(draft.words, draft.sources)
        if own.verdict.support != "supported":
            found = self.support.look_up(draft.words)
            if found.stands and found.rank[0] < own.rank[0]:
                return draft.with_verdict(found.sources, found.verdict)
        return draft.with_verdict(own.sources, own.verdict)

    def _corrected(self, draft: Draft) -> Draft | None:
        """The statement as the model corrects it, if the correction stands."""
        for first in said(self._correction(draft))[:1]:
            if _words(first) == NOT_IN_ARTICLES:
                return None
            fresh = replace(first, start=draft.start, end=draft.end, gap=draft.gap, changed=True)
            judged = self._judged(fresh)
            if judged.verdict.support == "supported":
                return judged
        return None

    def _correction(self, draft: Draft) -> Rewritten:
        numbered, fence = self.support.numbered, random_fence()
        rewriter = MarkerRewriter(numbered.numbers)
        messages = self._prompt.render(
            evidence=numbered.evidence(fence), fence=fence, statement=draft.words, reason=draft.verdict.reason
        )
        taken = sum(estimate_tokens(message.content) for message in messages) + self._settings.max_tokens + RESERVE
        if taken > self._settings.context_window:  # a long statement, on top of evidence that fills the window
            return rewriter.result()
        try:
            with closing(self._model.stream(messages)) as deltas:  # type: ignore[type-var]
                for delta in deltas:
                    if isinstance(delta, Finish):
                        self.usage += delta.usage
                    else:
                        rewriter.feed(delta.text)
        except ModelError as error:  # what is written is not lost; the statement stays as it is, marked
            self.trouble = f"not all statements could be corrected: {error}"
            self.usage += error.usage or Usage()
        rewriter.finish()
        return rewriter.result()


def said(written: Rewritten) -> list[Draft]:
    """The statements of a model's answer, without repetitions and without what only announces others."""
    found = {_words(draft): draft for draft in reversed(drafts(written)) if not draft.words.endswith(":")}
    return list(found.values())[::-1]


def _broken_off(last: Draft) -> Draft:
    if last.verdict.support != "supported" or last.words.rstrip(_AFTER_STOP).endswith(_STOPS):
        return last
    return last.with_verdict(last.sources, Verdict("partial", "the sentence breaks off", _BROKEN_OFF))


def _words(draft: Draft) -> str:
    return " ".join(draft.words.upper().split()).strip(" .!\"'*[]")
