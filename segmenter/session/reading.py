"""How an image is read: as classes or as connected regions, each with settings of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from segmenter.segment.recipe import RegionsRecipe

if TYPE_CHECKING:
    from segmenter.segment.recipe import Reading
    from segmenter.session.document import Document
    from segmenter.session.history import History


def read_as(history: History, reading: Reading) -> Document:
    """Return the document on screen in another reading, with the settings last used for it."""
    document = history.document
    if document.recipe.reading == reading:
        return document
    before = history.nearest(lambda each: each.recipe.reading == reading).document
    if before.recipe.reading != reading:
        recipe = RegionsRecipe(reading=reading, seed=document.recipe.seed)
        return replace(document, recipe=recipe)
    return replace(
        document,
        recipe=before.recipe,
        labels=before.labels,
        labels_recipe=before.labels_recipe,
    )
