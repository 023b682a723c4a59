"""Documents as plain values for JSON, and back: equal documents give equal values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.images.image import Image
from segmenter.segment.labels import MAX_LABELS, Color, Label
from segmenter.segment.recipe import RegionsRecipe
from segmenter.segment.tissue.recipe import MOST_TISSUES, TissueRecipe
from segmenter.session.brain import Brain, GivenMask
from segmenter.session.corrections import BrushStroke
from segmenter.session.document import Document
from segmenter.session.marks import Click, Drawn, Lasso, Marks, SolidStroke, Stroke
from segmenter.session.objects import MarkedObject

Plain = dict[str, Any]
Point = tuple[float, ...]

_FARTHEST = 1e7
"""Pixels or millimeters: no image is as large."""

_LARGEST_LABEL = 2**32 - 1
_MOST = 2**31
_LISTS = ("features", "names")
_WHOLE = ("seed", "min_size", "max_regions", "n_tissues")  # settings that are counted

_KINDS = {"click": Click, "stroke": Stroke, "ball": SolidStroke}


def plain_documents(documents: Sequence[Document]) -> Plain:
    """Return the documents of one image as plain values; all but the recipes is the last one's."""
    last = documents[-1]
    return {
        "readings": [_plain_reading(document) for document in documents],
        "objects": [_plain_object(each) for each in last.objects],
        "tissue": last.tissue.as_dict(),
        "brain": {"name": last.brain.name} if isinstance(last.brain, GivenMask) else last.brain,
        "tissue_labels": [asdict(label) for label in last.tissue_labels],
        "strokes": [asdict(stroke) for stroke in last.strokes],
    }


def restored_documents(
    values: Plain, image: Image, mask: NDArray[np.bool_] | None
) -> tuple[Document, ...]:
    """Make the documents of an image of plain values again.

    Parameters
    ----------
    values : dict
        From `plain_documents`, perhaps by way of JSON.
    image : Image
        What they are about.
    mask : bool ndarray of shape grid, or None
        The brain, if its mask was given.

    Raises
    ------
    KeyError, TypeError, ValueError or ParameterError
        If they are not such values.
    """
    n_axes = len(image.grid)
    common = Document(
        image,
        RegionsRecipe(),
        objects=tuple(_object(each, n_axes) for each in values["objects"]),
        tissue=TissueRecipe(**_settings(values["tissue"])),
        brain=_brain(values["brain"], mask, image),
        tissue_labels=tuple(map(_label, values["tissue_labels"])),
        strokes=tuple(map(_brush_stroke, values["strokes"])),
    )
    if not common.objects or not values["readings"]:
        raise ValueError("a document without objects or recipe")
    if len({each.value for each in common.objects}) < len(common.objects):
        raise ValueError("two objects of one value")
    return tuple(replace(common, **_reading(each)) for each in values["readings"])


def _plain_reading(document: Document) -> Plain:
    given_to = document.labels_recipe
    return {
        "recipe": document.recipe.as_dict(),
        "labels": [asdict(label) for label in document.labels],
        "labels_recipe": None if given_to is None else given_to.as_dict(),
    }


def _reading(values: Plain) -> Plain:
    given_to = values["labels_recipe"]
    return {
        "recipe": RegionsRecipe(**_settings(values["recipe"])),
        "labels": tuple(map(_label, values["labels"])),
        "labels_recipe": None if given_to is None else RegionsRecipe(**_settings(given_to)),
    }


def _settings(values: Plain) -> Plain:
    """Refuse settings of other types than a window writes; their ranges the recipes know."""
    counts = [values[name] for name in _WHOLE if name in values]
    if not all(type(count) is int and count < _MOST for count in counts):
        raise ValueError("a count that is no whole number, or too large")
    lists = [values[name] for name in _LISTS if name in values]
    if not all(isinstance(each, (list, tuple)) and set(map(type, each)) <= {str} for each in lists):
        raise ValueError("a list of names that is none")
    if type(values.get("bias", True)) is not bool:
        raise ValueError("a choice that is none")
    return values


def _label(values: Plain) -> Label:
    value, color = int(values["value"]), Color(*map(int, values["color"]))
    if not 1 <= value <= _LARGEST_LABEL or not all(0 <= channel <= 255 for channel in color):
        raise ValueError("a label or a color out of its range")
    return Label(value, str(values["name"]), color, bool(values["visible"]))


def _plain_object(marked: MarkedObject) -> Plain:
    kinds = {type_: kind for kind, type_ in _KINDS.items()}
    marks, lasso = marked.marks, marked.marks.lasso
    return {
        "label": asdict(marked.label),
        "drawn": [{"kind": kinds[type(mark)], **asdict(mark)} for mark in marks.drawn],
        "box": marks.box,
        "lasso": None if lasso is None else asdict(lasso),
        "edge": [asdict(stroke) for stroke in marked.edge],
    }


def _object(values: Plain, n_axes: int) -> MarkedObject:
    label, box, lasso = _label(values["label"]), values["box"], values["lasso"]
    if label.value > MAX_LABELS:
        raise ValueError("too many objects")
    marks = Marks(
        tuple(_drawn(each, n_axes) for each in values["drawn"]),
        None if box is None else _box(box, n_axes),
        None if lasso is None else _lasso(lasso, n_axes),
    )
    edge = tuple(_stroke(each, n_axes) for each in values["edge"])
    return MarkedObject(label, marks, edge)


def _drawn(values: Plain, n_axes: int) -> Drawn:
    kind = _KINDS[values["kind"]]
    if kind is Stroke:
        return _stroke(values, n_axes)
    if kind is SolidStroke:
        spacing, radius = _numbers(values["spacing"], 3), _width(values["radius"])
        points = tuple(_place(point) for point in values["points"])
        if min(spacing) <= 0:
            raise ValueError("voxels without a size")
        return SolidStroke(points, radius, spacing, bool(values["is_object"]))
    return Click(_numbers(values["point"], n_axes), bool(values["is_object"]))


def _stroke(values: Plain, n_axes: int) -> Stroke:
    points = _points(values["points"], n_axes)
    return Stroke(points, _width(values["width"]), bool(values["is_object"]))


def _lasso(values: Plain, n_axes: int) -> Lasso:
    box = values["box"]
    return Lasso(_points(values["points"], n_axes), None if box is None else _box(box, n_axes))


def _box(values: Sequence[int], n_axes: int) -> tuple[int, ...]:
    return tuple(map(int, _numbers(values, 2 * n_axes)))


def _brush_stroke(values: Plain) -> BrushStroke:
    axis, target = values["slice_axis"], values["target"]
    if target not in ("labels", "brain") or axis not in (None, 0, 1, 2):
        raise ValueError("a stroke on something else")
    points = tuple(_place(point) for point in values["points"])
    value = int(values["value"])
    if not 0 <= value <= MOST_TISSUES:
        raise ValueError("a stroke of a tissue that there is not")
    return BrushStroke(points, _width(values["radius"]), axis, target, value)


def _brain(values: Plain | str, mask: NDArray[np.bool_] | None, image: Image) -> Brain:
    if isinstance(values, dict):
        if mask is None or mask.shape != image.grid or mask.dtype != bool:
            raise ValueError("no brain mask, or of another size")
        return GivenMask(str(values["name"]), mask)
    if values == "found":
        return "found"
    if values == "whole":
        return "whole"
    raise ValueError("no such brain")


def _points(values: Sequence[Sequence[float]], n_axes: int) -> tuple[Point, ...]:
    if not values:
        raise ValueError("a line without points")
    return tuple(_numbers(point, n_axes) for point in values)


def _place(values: Sequence[float]) -> tuple[float, float, float]:
    i, j, k = _numbers(values, 3)
    return i, j, k


def _width(value: float) -> float:
    width = _numbers([value], 1)[0]
    if width <= 0:
        raise ValueError("a stroke without a width")
    return width


def _numbers(values: Sequence[float], count: int) -> Point:
    numbers = tuple(map(float, values))
    if len(numbers) != count or not all(abs(number) <= _FARTHEST for number in numbers):
        raise ValueError("a place of another number of axes, or nowhere")
    return numbers
