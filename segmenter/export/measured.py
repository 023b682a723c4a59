"""Measurements of labels as rows of a table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from segmenter.export.tables import Cell
from segmenter.images.image import Image
from segmenter.segment.labels import Label
from segmenter.segment.measurements import Measurement, measurements
from segmenter.segment.objects.picked import Objects
from segmenter.segment.parts import Parts
from segmenter.segment.segmentation import Segmentation

_EXTENTS = {"mm³": "volume_mm3", "mm²": "area_mm2", "µm²": "area_um2"}


def measured_labels(result: Segmentation, labels: Sequence[Label]) -> list[dict[str, Cell]]:
    """Measure each label of a result: a row each, in their order.

    Parameters
    ----------
    result : Segmentation
        Classes, connected regions or objects, of a picture or a volume.
    labels : sequence of Label
        What the values are called.
    """
    measured = (
        result.measurements
        if isinstance(result, Objects)
        else measurements(result.image, result.label_map, result.n_labels)
    )
    neighbors = result.neighbors if isinstance(result, Parts) else None
    return measured_rows(result.image, measured, labels, neighbors)


def measured_rows(
    image: Image,
    measured: Sequence[Measurement],
    labels: Sequence[Label],
    neighbors: NDArray[np.integer] | None = None,
) -> list[dict[str, Cell]]:
    """Name the measurements, with their units.

    Parameters
    ----------
    image : Image
        What was measured.
    measured : sequence of Measurement
    labels : sequence of Label
        What the values are called.
    neighbors : integer ndarray, shape (n, 2), optional
        Pairs of values that share a boundary.
    """
    named = {label.value: label for label in labels}
    rows = [_row(image, each, named[each.label]) for each in measured]
    if neighbors is not None:
        beside: dict[Cell, list[int]] = {each.label: [] for each in measured}
        for one, other in neighbors.tolist():
            beside[one].append(other)
            beside[other].append(one)
        for row in rows:
            row["neighbors"] = " ".join(map(str, sorted(beside[row["label"]])))
    return rows


def channel_names(image: Image) -> tuple[str, ...]:
    """What the channels are called in columns."""
    if image.channel_names:
        return image.channel_names
    if image.color_space == "rgb":
        return ("red", "green", "blue")
    if image.n_channels == 1:
        return ("value",)
    return tuple(f"channel_{number}" for number in range(1, image.n_channels + 1))


def _row(image: Image, measured: Measurement, label: Label) -> dict[str, Cell]:
    axes = ("i", "j", "k") if image.is_volume else ("x", "y")
    n = len(axes)
    row: dict[str, Cell] = {"label": measured.label, "name": label.name}
    row["size_voxels" if image.is_volume else "area_px"] = measured.size
    row["share"] = round(measured.share, 6)
    if image.cell_extent is not None:
        row[_EXTENTS[image.cell_extent[1]]] = measured.extent
    for name, at in zip(axes, measured.center, strict=True):
        row[f"center_{name}"] = round(at, 3)
    for name, first, last in zip(axes, measured.box[:n], measured.box[n:], strict=True):
        row[f"first_{name}"], row[f"last_{name}"] = first, last
    row["boundary_faces"] = measured.boundary
    for name, mean, deviation in zip(
        channel_names(image), measured.means, measured.deviations, strict=True
    ):
        row[f"mean_{name}"], row[f"deviation_{name}"] = mean, deviation
    return row
