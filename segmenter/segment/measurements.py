"""What can be measured of each label: area, place, extent, boundary, mean values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.compiled import compiled
from segmenter.em.blocks import run_blocks
from segmenter.images.image import Image

Table = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measurement:
    """Measurements of one label.

    Attributes
    ----------
    label : int
    size : int
        Pixels, or voxels.
    share : float
        Of all labeled pixels.
    extent : float or None
        Area or volume in the unit of `Image.cell_extent`; None where the size of a pixel is not
        known.
    center : tuple of float
        Mean place of its pixels: (x, y), or (i, j, k) in a volume.
    box : tuple of int
        First and last place along each of these axes: (x0, y0, x1, y1).
    boundary : int
        Faces that its pixels share with other labels or with what has none.
    means, deviations : tuple of float
        Of each channel, in the values of the file.
    """

    label: int
    size: int
    share: float
    extent: float | None
    center: tuple[float, ...]
    box: tuple[int, ...]
    boundary: int
    means: tuple[float, ...]
    deviations: tuple[float, ...]


def measurements(image: Image, label_map: NDArray[Any], n_labels: int) -> tuple[Measurement, ...]:
    """Measure every label that has a pixel.

    Parameters
    ----------
    image : Image
        Of two or three axes.
    label_map : integer ndarray, shape image.grid
        0 is unlabeled.
    n_labels : int
        The largest label.
    """
    flat = image.is_volume
    shape = image.grid if flat else (1, *image.grid)
    labels = np.ascontiguousarray(label_map).reshape(shape)
    values = np.ascontiguousarray(image.pixels).reshape(*shape, -1)
    n_blocks = min(8, shape[0] if flat else shape[1])
    sums = np.zeros((n_blocks, n_labels + 1, 5 + 2 * image.n_channels))
    boxes = np.zeros((n_blocks, n_labels + 1, 6), np.int64)
    center = image.pixels.reshape(-1, image.n_channels)[:: max(1, label_map.size // 10_000)]
    shift = np.nan_to_num(center.astype(np.float64)).mean(axis=0)
    axis = 0 if flat else 1
    bounds = np.linspace(0, shape[axis], n_blocks + 1).astype(int)

    def measure_block(number: int) -> None:
        first, last = bounds[number], bounds[number + 1]
        _measure(labels, values, shift, axis, first, last, sums[number], boxes[number])

    run_blocks(measure_block, n_blocks)
    # Places are kept as (size - first, 1 + last), so that 0 means none and the largest counts.
    return tuple(
        _measurement(image, label, row, box, shift, float(sums[:, 1:, 0].sum()))
        for label, (row, box) in enumerate(zip(sums.sum(0), boxes.max(0), strict=True))
        if label > 0 and row[0] > 0
    )


def _measurement(
    image: Image, label: int, row: Table, box: NDArray[np.int64], shift: Table, total: float
) -> Measurement:
    size, axes = row[0], slice(None) if image.is_volume else slice(2, 0, -1)  # y, x to x, y
    shape = image.grid if image.is_volume else (1, *image.grid)
    pixel = None if image.cell_extent is None else image.cell_extent[0]
    means = row[5 : 5 + image.n_channels] / size
    squares = row[5 + image.n_channels :] / size
    first, last = np.array(shape) - box[:3], box[3:] - 1
    return Measurement(
        label,
        int(size),
        float(size / total),
        None if pixel is None else float(size * pixel),
        tuple((row[1:4] / size)[axes].tolist()),
        (*first[axes].tolist(), *last[axes].tolist()),
        int(row[4]),
        tuple((means + shift).tolist()),
        tuple(np.sqrt(np.maximum(squares - means**2, 0)).tolist()),
    )


@compiled
def _measure(
    labels: NDArray[Any],
    values: NDArray[Any],
    shift: Table,
    axis: int,
    first: int,
    last: int,
    sums: Table,
    boxes: NDArray[np.int64],
) -> None:
    """Sum up a slab: size, places, faces, values and squares of values less a shift."""
    shape = labels.shape
    n_channels = len(shift)
    planes = (first, last) if axis == 0 else (0, shape[0])
    rows = (first, last) if axis == 1 else (0, shape[1])
    for i in range(planes[0], planes[1]):
        for j in range(rows[0], rows[1]):
            for k in range(shape[2]):
                label = labels[i, j, k]
                if label == 0:
                    continue
                row, box = sums[label], boxes[label]
                row[0] += 1
                place = (i, j, k)
                for a in range(3):
                    row[1 + a] += place[a]
                    box[a] = max(box[a], shape[a] - place[a])
                    box[3 + a] = max(box[3 + a], place[a] + 1)
                row[4] += _open_faces(labels, i, j, k, label)
                for c in range(n_channels):
                    value = np.float64(values[i, j, k, c]) - shift[c]
                    row[5 + c] += value
                    row[5 + n_channels + c] += value * value


@compiled
def _open_faces(labels: NDArray[Any], i: int, j: int, k: int, label: int) -> int:
    """Faces of a pixel beyond which there is another label; the border of the image counts."""
    shape = labels.shape
    faces = 0
    if shape[0] > 1:
        faces += i == 0 or labels[i - 1, j, k] != label
        faces += i == shape[0] - 1 or labels[i + 1, j, k] != label
    faces += j == 0 or labels[i, j - 1, k] != label
    faces += j == shape[1] - 1 or labels[i, j + 1, k] != label
    faces += k == 0 or labels[i, j, k - 1] != label
    faces += k == shape[2] - 1 or labels[i, j, k + 1] != label
    return int(faces)
