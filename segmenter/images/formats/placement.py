"""Where a NIfTI or Analyze header places its grid: qform, sform and what to do without them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from segmenter.images.geometry import grid_spacing, is_affine
from segmenter.images.volume import MILLIMETERS, LengthUnit, Placement

if TYPE_CHECKING:
    from nibabel.nifti1 import Nifti1Header

_UNITS: dict[int, LengthUnit] = {1: "m", 2: "mm", 3: "µm"}
_LARGEST_VOXEL = 100.0  # mm; larger ones mean that the unit is wrong
_NO_SIDES = (
    "the file does not say which side is left; its axes are taken to run left, front and top"
)


def placement_of(header: Nifti1Header) -> Placement | None:
    """Read both affines and their codes; an Analyze header has neither."""
    if not _is_nifti(header):
        return None
    q_code, s_code = int(header["qform_code"]), int(header["sform_code"])
    qform = _usable(_qform(header)) if q_code > 0 else None
    sform = _usable(header.get_sform()) if s_code > 0 else None
    unit = "mm" if _must_be_millimeters(header) else _stated_unit(header)
    return Placement(qform, max(0, q_code), sform, max(0, s_code), unit)


def affine_of(
    header: Nifti1Header, placement: Placement | None
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Choose an affine as nibabel does: the sform, else the qform, else the sizes of the voxels.

    Returns
    -------
    affine : ndarray, shape (4, 4)
        Voxel indices to millimeters, RAS+.
    notes : tuple of str
        What is odd about it.
    """
    if placement is None:
        return _by_sizes(header), (_NO_SIDES,)
    notes = []
    affine = placement.sform if placement.sform is not None else placement.qform
    if affine is None:
        affine = _by_sizes(header)
        notes.append(_NO_SIDES)
    elif placement.sform is not None and placement.qform is not None:
        notes += _disagreement(placement.sform, placement.qform)
    if _lost_form(placement):
        notes.append("one of its affines makes no sense and was left out")
    if _must_be_millimeters(header):
        notes.append("it states meters, which must be millimeters")
    in_millimeters = affine.copy()
    in_millimeters[:3] *= MILLIMETERS[placement.unit]
    return in_millimeters, tuple(notes)


def _stated_unit(header: Nifti1Header) -> LengthUnit:
    return _UNITS.get(int(header["xyzt_units"]) & 7, "")


def _must_be_millimeters(header: Nifti1Header) -> bool:
    """Tell whether voxels would be too large if the unit were true."""
    smallest = np.abs(header["pixdim"][1:4]).min()
    return bool(_stated_unit(header) == "m" and MILLIMETERS["m"] * smallest > _LARGEST_VOXEL)


def _is_nifti(header: Nifti1Header) -> bool:
    return "qform_code" in header.keys()  # noqa: SIM118 -- nibabel's headers have no `in`


def _qform(header: Nifti1Header) -> NDArray[Any]:
    """Give the qform; one of numbers that are no rotation counts as one of NaN."""
    if (np.asarray(header["pixdim"][1:4]) <= 0).any():
        return np.full((4, 4), np.nan)
    try:
        return np.asarray(header.get_qform())
    except ValueError:  # nibabel: the quaternion is too long to be one
        return np.full((4, 4), np.nan)


def _usable(matrix: NDArray[Any]) -> NDArray[np.float64] | None:
    return np.asarray(matrix, np.float64) if is_affine(matrix) else None


def _lost_form(placement: Placement) -> bool:
    return (placement.qform_code > 0 and placement.qform is None) or (
        placement.sform_code > 0 and placement.sform is None
    )


def _by_sizes(header: Nifti1Header) -> NDArray[np.float64]:
    """Center the grid, its first axis running to the left, as Analyze files are read."""
    sizes = np.abs(np.asarray(header["pixdim"][1:4], np.float64))
    sizes[~np.isfinite(sizes) | (sizes == 0)] = 1.0
    if not _is_nifti(header):
        stated = np.asarray(header.get_best_affine(), np.float64)  # knows the origin SPM stores
        if is_affine(stated):
            return stated
    steps = np.diag([-sizes[0], sizes[1], sizes[2], 1.0])
    shape = (*header.get_data_shape(), 1, 1, 1)[:3]
    steps[:3, 3] = -steps[:3, :3] @ ((np.array(shape, np.float64) - 1) / 2)
    return steps


def _disagreement(sform: NDArray[np.float64], qform: NDArray[np.float64]) -> list[str]:
    """Say when the two place the grid apart by more than a tenth of a voxel a step."""
    step = min(grid_spacing(sform))
    if np.abs(sform[:3, :3] - qform[:3, :3]).max() <= 0.1 * step:
        return []
    return ["its qform and sform turn or size the grid differently; the sform is taken"]
