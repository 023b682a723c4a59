"""Label maps of volumes as a PNG a slice, with the orientation stated beside them.

The slices lie as radiologists or neurologists see them: the top of a picture is the top of the
head (in axial slices the front), and the left of a picture is the patient's right or left. Nothing
is resampled: a pixel is a voxel, and oblique grids are cut along their own axes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from segmenter.errors import ParameterError
from segmenter.export.png import write_label_values
from segmenter.export.tables import write_json
from segmenter.export.written import Written
from segmenter.images.geometry import canonical_affine, canonical_axes, grid_spacing, to_canonical
from segmenter.images.image import Image
from segmenter.work import Progress, Work

Plane = Literal["axial", "coronal", "sagittal"]
Convention = Literal["radiological", "neurological"]
_Scalar = TypeVar("_Scalar", bound=np.generic)


class _Cut(NamedTuple):
    """How a plane is cut out of axes that run to the right, the front and the top."""

    across: int  # the axis from slice to slice
    columns: int
    rows: int
    edges: tuple[str, str, str, str]  # left, right, top, bottom of a neurological picture
    first: str  # where the first slice is


_CUTS: dict[Plane, _Cut] = {
    "axial": _Cut(2, 0, 1, ("left", "right", "front", "back"), "bottom"),
    "coronal": _Cut(1, 0, 2, ("left", "right", "top", "bottom"), "back"),
    "sagittal": _Cut(0, 1, 2, ("back", "front", "top", "bottom"), "left"),
}


def slice_names(stem: str, image: Image, plane: Plane = "axial") -> tuple[str, ...]:
    """Name all files that `write_slices` would write; none of an image that lies nowhere."""
    if image.affine is None:
        return ()
    n_slices = image.grid[canonical_axes(image.affine).order[_CUTS[plane].across]]
    pictures = (f"{stem}_{plane}_{index:03d}.png" for index in range(1, n_slices + 1))
    return (*pictures, f"{stem}_{plane}.json")


def write_slices(
    folder: Path,
    stem: str,
    label_map: NDArray[Any],
    image: Image,
    plane: Plane = "axial",
    convention: Convention = "radiological",
) -> Work[tuple[Written, ...]]:
    """Write a label map as gray PNG files whose values are the labels, a file a slice.

    The files are called ``STEM_axial_001.png`` and so on; ``STEM_axial.json`` says which side is
    which, how large a pixel is, how far slices are apart and where each lies.

    Parameters
    ----------
    folder : Path
        Made if it is not there.
    stem : str
        How all names begin.
    label_map : integer ndarray, shape (i, j, k)
        On the image's grid.
    image : Image
        The volume it belongs to.
    plane : {"axial", "coronal", "sagittal"}
        Which slices.
    convention : {"radiological", "neurological"}
        Whether the left of a picture is the patient's right, or left; sagittal slices look to the
        left of the picture, or to its right.

    Raises
    ------
    ParameterError
        If the label map is not on the image's grid, or a label is above 65535.
    WriteError
        If a file cannot be written; files written before it stay, whole.
    """
    if image.affine is None or label_map.shape != image.grid:
        raise ParameterError(f"The labels do not lie on the grid of {image.source.name}.")
    upright = upright_slices(to_canonical(label_map, image.affine), plane, convention)
    bits: Literal[8, 16] = 8 if label_map.max(initial=0) <= np.iinfo(np.uint8).max else 16
    written = []
    *names, record = slice_names(stem, image, plane)
    for index, (name, labels) in enumerate(zip(names, upright, strict=True)):
        yield Progress(f"Writing {name}", index / len(upright))
        slice_ = np.ascontiguousarray(labels)
        written.append(write_label_values(folder / name, slice_, bits=bits))
    write_json(folder / record, _facts(image, image.affine, plane, convention))
    return tuple(written)


def upright_slices(
    canonical: NDArray[_Scalar], plane: Plane, convention: Convention
) -> NDArray[_Scalar]:
    """View an array whose axes run to the right, the front and the top as slices of a plane.

    Parameters
    ----------
    canonical : ndarray, shape (right, front, top)
    plane, convention
        As for `write_slices`.

    Returns
    -------
    ndarray, shape (slices, rows, columns)
    """
    cut = _CUTS[plane]
    slices = canonical.transpose(cut.across, cut.rows, cut.columns)
    return slices[:, ::-1, :: -1 if convention == "radiological" else 1]


def _facts(
    image: Image, affine: NDArray[np.float64], plane: Plane, convention: Convention
) -> dict[str, Any]:
    """State the orientation in words and numbers."""
    cut = _CUTS[plane]
    left, right, top, bottom = cut.edges
    if convention == "radiological":
        left, right = right, left
    canonical = canonical_affine(affine, image.grid)
    spacing = grid_spacing(canonical)
    grid = [image.grid[axis] for axis in canonical_axes(affine).order]
    centers = np.tile((np.array(grid) - 1) / 2, (grid[cut.across], 1))
    centers[:, cut.across] = range(grid[cut.across])
    places = centers @ canonical[cut.across, :3] + canonical[cut.across, 3]
    return {
        "Plane": plane,
        "Convention": convention,
        "Edges": {"Left": left, "Right": right, "Top": top, "Bottom": bottom},
        "FirstSlice": cut.first,
        "PixelSpacing": {"Down": spacing[cut.rows], "Across": spacing[cut.columns]},
        "SliceSpacing": spacing[cut.across],
        "SlicePositions": places.tolist(),  # of the centers, in millimeters
        "Source": image.source.name,
        "Values": "the label's number, 0 unlabeled",
    }
