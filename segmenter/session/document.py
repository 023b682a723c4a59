"""What the user has on the table: an image, a recipe, labels, marks. Inputs only, never results."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from segmenter.segment.labels import Label
from segmenter.segment.tissue.recipe import TissueRecipe
from segmenter.session.objects import FIRST_OBJECTS, Objects

if TYPE_CHECKING:
    from segmenter.images.image import Image
    from segmenter.segment.recipe import RegionsRecipe
    from segmenter.session.brain import Brain
    from segmenter.session.corrections import BrushStroke, Target


DEFAULT_TISSUE = TissueRecipe()


class TissueInputs(NamedTuple):
    """All that, with a volume, decides about its tissues; equal inputs give equal results."""

    recipe: TissueRecipe
    brain: Brain
    brain_strokes: tuple[BrushStroke, ...]


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
        Only the labels the user has changed, in order of value; the others are as they come. Their
        values are the keys of the result, which stay the same where labels are numbered anew.
    labels_recipe : RegionsRecipe or None
        The recipe whose result `labels` were given to. While it differs from `recipe` the values
        of the labels belong to the earlier result.
    objects : tuple of MarkedObject
        The objects that are cut out, the uppermost first.
    tissue : TissueRecipe
        How the tissues of a volume are told apart.
    brain : Brain
        Which of its voxels are brain.
    tissue_labels : tuple of Label
        Only the tissues whose name or look the user has changed, in order of value.
    strokes : tuple of BrushStroke
        What was painted into it, in the order it was.
    """

    image: Image
    recipe: RegionsRecipe
    labels: tuple[Label, ...] = ()
    labels_recipe: RegionsRecipe | None = None
    objects: Objects = FIRST_OBJECTS
    tissue: TissueRecipe = DEFAULT_TISSUE
    brain: Brain = "found"
    tissue_labels: tuple[Label, ...] = ()
    strokes: tuple[BrushStroke, ...] = ()

    def with_labels(self, labels: Iterable[Label], recipe: RegionsRecipe) -> Document:
        """Return the document with these changed labels, given to the result of a recipe."""
        changed = tuple(labels)
        return replace(self, labels=changed, labels_recipe=recipe if changed else None)

    def strokes_on(self, target: Target) -> tuple[BrushStroke, ...]:
        """Return what was painted into the labels, or into the mask of the brain."""
        return tuple(stroke for stroke in self.strokes if stroke.target == target)

    def with_tissue(self, recipe: TissueRecipe) -> Document:
        """Return the document with another recipe; names belong to one choice of tissues."""
        is_same = (recipe.atlas, recipe.n_tissues) == (self.tissue.atlas, self.tissue.n_tissues)
        labels = self.tissue_labels if is_same else ()
        return replace(self, tissue=recipe, tissue_labels=labels)

    @property
    def tissue_inputs(self) -> TissueInputs:
        """What the tissues follow from; corrections of labels are painted over them."""
        return TissueInputs(self.tissue, self.brain, self.strokes_on("brain"))

    def with_tissue_inputs(self, inputs: TissueInputs) -> Document:
        """Return the document with other inputs; what was painted into the labels stays."""
        strokes = (*inputs.brain_strokes, *self.strokes_on("labels"))
        if inputs.brain_strokes == self.strokes_on("brain"):
            strokes = self.strokes
        return replace(self, tissue=inputs.recipe, brain=inputs.brain, strokes=strokes)

    @property
    def labels_are_current(self) -> bool:
        """Whether the labels hold for a result of the present recipe."""
        return not self.labels or share_keys(self.labels_recipe, self.recipe)


def put_in(labels: Iterable[Label], label: Label, came: Label) -> tuple[Label, ...]:
    """Put a label in the place of the one of its value; one that is as it came is left out."""
    others = [each for each in labels if each.value != label.value]
    if label != came:
        others.append(label)
    return tuple(sorted(others, key=lambda each: each.value))


def share_keys(one: RegionsRecipe | None, other: RegionsRecipe | None) -> bool:
    """Tell whether labels given to the result of one recipe hold for that of another.

    They do in all cuts of the same tree, and in all choices among the same objects.
    """
    if one is None or other is None or one == other:
        return one == other
    if one.reading == other.reading == "objects":
        return one.ground == other.ground
    return one.reading == other.reading == "regions" and one.seed == other.seed
