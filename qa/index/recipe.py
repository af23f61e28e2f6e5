"""What decides the content of an index; another recipe is another store beside it."""

from __future__ import annotations

from qa import passages, sentences
from qa.index import sketch, vectors
from qa.settings import recipe_digest


def index_recipe(embedder: str) -> str:
    """Digest of the embedder's name, of how articles are split and of what is stored."""
    return recipe_digest(
        {
            "embedder": embedder,
            "passages": [passages.VERSION, passages.TARGET_LENGTH, passages.LONGEST],
            "store": vectors.VERSION,
            "sketch": sketch.VERSION,
            "sentences": getattr(sentences, "VERSION", 1),
        }
    )
