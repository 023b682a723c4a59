"""Merging, dividing and removing by hand: each is one step of the history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from segmenter.errors import ParameterError
from segmenter.gui.jobs import CANNOT_DIVIDE
from segmenter.gui.workspace import Workspace
from segmenter.session.words import counted

if TYPE_CHECKING:
    from segmenter.gui.jobs import Segmented

Point = tuple[int, ...]
"""Column and row of a pixel, or (i, j, k) of a voxel."""


def merge_chosen(workspace: Workspace) -> None:
    """Merge the labels that are picked together."""
    result = workspace.result
    if result is not None and len(workspace.look.chosen) > 1:
        merge_at(workspace, points_in(result, sorted(workspace.look.chosen)))


def split_selected(workspace: Workspace) -> None:
    """Divide the selected label."""
    result = workspace.result
    if result is not None:
        for point in points_in(result, [workspace.look.selected]):
            split_at(workspace, point)


def merge_at(workspace: Workspace, points: Sequence[Point]) -> None:
    """Merge the regions under some pixels into one, and select it."""
    noun = "Region" if workspace.result is None else workspace.result.regions.noun
    _edit(workspace, f"Merge {counted(len(points), noun)}", "merge", points)


def split_at(workspace: Workspace, point: Point) -> None:
    """Divide the region under a pixel into two, and select the one that has the pixel."""
    noun = "Region" if workspace.result is None else workspace.result.regions.noun
    _edit(workspace, f"Divide {noun}", "split", [point])


def remove_picked(workspace: Workspace) -> None:
    """Leave out the objects that are picked."""
    result = workspace.result
    if result is not None and result.objects is not None and result.objects.n_labels:
        picked = workspace.look.chosen or {workspace.look.selected}
        _edit(
            workspace,
            f"Remove {counted(len(picked), 'Object')}",
            "remove",
            points_in(result, picked),
        )


def take_back_edits(workspace: Workspace) -> None:
    """Forget all that was done by hand."""
    workspace.set_recipe("Take Back Changes by Hand", edits=())


def points_in(result: Segmented, labels: Iterable[int]) -> list[Point]:
    """Find a pixel inside each label: on the coarsest size at which it has one."""
    return [point for label in labels if (point := _point_in(result, label)) is not None]


def _point_in(result: Segmented, label: int) -> Point | None:
    if result.lookup is None:
        return None
    if result.labels is None:
        return _voxel_in(result.numbers, result.lookup, label)
    for level in reversed(result.labels.levels):
        found = np.flatnonzero(result.lookup.take(level.pixels) == label)
        if len(found):
            row, column = divmod(int(found[len(found) // 2]), level.width)
            return int(column * level.factor), int(row * level.factor)
    return None


def _voxel_in(numbers: NDArray[Any], lookup: NDArray[Any], label: int) -> Point | None:
    """Find a voxel of a label: among some of them, then among all."""
    for stride in (4, 1):
        found = np.argwhere(lookup[numbers[(slice(0, None, stride),) * 3]] == label)
        if len(found):
            i, j, k = (found[len(found) // 2] * stride).tolist()
            return i, j, k
    return None


def _edit(workspace: Workspace, name: str, kind: str, points: Sequence[Point]) -> None:
    document, result = workspace.document, workspace.result
    if document is None or result is None or result.lookup is None:
        return
    before = result.regions.n_labels
    edits = (*document.recipe.edits, (kind, tuple(points)))
    workspace.set_recipe(name, edits=edits)
    result = workspace.result
    if workspace.result_is_current and result is not None and result.regions.n_labels == before:
        noun = result.regions.noun.lower()
        same = f"These are one {noun} already; pick another one to merge with."
        workspace.undo()
        workspace.recipe_refused.emit(
            ParameterError(CANNOT_DIVIDE.format(noun=noun) if kind == "split" else same)
        )


def edited_label(before: Segmented | None, after: Segmented) -> int | None:
    """Return the label under the last edit, if a result has one edit more than the one before."""
    edits = after.regions.recipe.edits
    if before is None or not edits or before.regions.recipe.edits != edits[:-1]:
        return None
    point = edits[-1][1][0]
    place = point if after.regions.image.is_volume else point[::-1]
    return after.label_at(*place) or None
