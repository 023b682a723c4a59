"""What the user has on the table: an image, a recipe, labels, marks. Inputs only, never results."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from segmenter.segment.labels import Label, default_label
from segmenter.session.objects import FIRST_OBJECTS, Objects

if TYPE_CHECKING:
    from segmenter.images.image import Image
    from segmenter.segment.recipe import RegionsRecipe


@dataclass(frozen=True)
class Document:
    """An image and everything the user has decided about it; a value that nobody changes.

    Attributes
    ----------
    image : Image
        The image, compared by identity.
    recipe : RegionsRecipe
        How it is segmented.
    labels : tuple of Label
        Only the labels the user has changed, in order of value; the others are as they come.
    labels_recipe : RegionsRecipe or None
        The recipe whose result `labels` were given to. While it differs from `recipe` the values
        of the labels belong to the earlier result.
    objects : tuple of MarkedObject
        The objects that are cut out, the uppermost first.
    """

    image: Image
    recipe: RegionsRecipe
    labels: tuple[Label, ...] = ()
    labels_recipe: RegionsRecipe | None = None
    objects: Objects = FIRST_OBJECTS

    def label(self, value: int) -> Label:
        """Return the label of a value: the user's, or the one it comes with."""
        return next((label for label in self.labels if label.value == value), default_label(value))

    def with_label(self, label: Label, recipe: RegionsRecipe) -> Document:
        """Return the document in which the label of the same value is this one.

        Parameters
        ----------
        label : Label
            The label as the user wants it.
        recipe : RegionsRecipe
            The recipe of the result in which the user saw it.
        """
        others = [each for each in self.labels if each.value != label.value]
        if label != default_label(label.value):
            others.append(label)
        return self.with_labels(sorted(others, key=lambda each: each.value), recipe)

    def with_labels(self, labels: Iterable[Label], recipe: RegionsRecipe) -> Document:
        """Return the document with these changed labels, given to the result of a recipe."""
        changed = tuple(labels)
        return replace(self, labels=changed, labels_recipe=recipe if changed else None)

    @property
    def labels_are_current(self) -> bool:
        """Whether the labels were given to a result of the present recipe."""
        return not self.labels or self.labels_recipe == self.recipe
