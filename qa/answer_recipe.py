"""Everything that decides an answer, apart from the question and the articles, as one digest."""

from __future__ import annotations

from collections.abc import Mapping

from qa import extract, retrieve
from qa.prompts import Prompt
from qa.settings import Settings, recipe_digest

_FOR_EXTRACTS = ("sentences",)
_FOR_WRITING = ("max_tokens", "temperature", "context_window", "evidence_tokens", "unsupported")


def answer_recipe(settings: Settings, index: str, model: str, prompts: Mapping[str, Prompt] | None) -> str:
    """The digest.

    Args:
        settings: those that decide answers are part of it.
        index: recipe of the index.
        model: what writes the answers.
        prompts: what it is told; ``None`` without a language model.
    """
    parts: dict[str, object] = {"index": index, "retrieve": retrieve.VERSION, "model": model}
    parts |= {"passages": settings.passages, "preset": settings.preset}
    if prompts is None:
        parts |= {"extract": extract.VERSION, **{name: getattr(settings, name) for name in _FOR_EXTRACTS}}
    else:
        from qa import compose, excerpts

        parts |= {"compose": compose.VERSION, "excerpts": excerpts.VERSION}
        parts |= {name: getattr(settings, name) for name in _FOR_WRITING}
        parts |= {name: prompt.digest for name, prompt in prompts.items()}
    return recipe_digest(parts)
