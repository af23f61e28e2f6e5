"""The presets: each name that the settings take has its depth, and looks at as much as it says."""

from __future__ import annotations

from typing import get_args

from qa.answer_recipe import answer_recipe
from qa.depth import BALANCED, DEPTHS, Depth
from qa.retrieve import Retriever
from qa.settings import Settings, load_settings
from tests.small_news import News

pytest_plugins = ["tests.news_fixtures"]

PRESET = Settings.model_fields["preset"]


def test_each_preset_has_its_depth_and_tells_its_answers_apart() -> None:
    presets = get_args(PRESET.annotation)
    assert set(presets) == set(DEPTHS)
    assert DEPTHS[PRESET.default] == BALANCED
    recipes = {answer_recipe(load_settings(preset=preset), "index", "extractive", None) for preset in presets}
    assert len(recipes) == len(presets)


def test_no_more_sentences_are_compared_again_than_the_depth_says(news: News) -> None:
    archive = news.archive
    for again in (1, 3):
        retriever = Retriever(archive.index, archive.embedder, depth=Depth(pool=50, glanced=40, read=24, again=again))
        assert len(retriever.search("Who resigned on Monday?", 8).sentences) == again
