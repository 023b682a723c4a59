"""Volumes as NIfTI files on the grid of the image they belong to.

Axes, affine, qform and sform with their codes are those of the source, so that the file lines up
with it in any program; nothing is resampled. Values stand in the file as they are: slope 1,
intercept 0. Each file is atomic, and nibabel reads it back before it takes its name.
"""

from __future__ import annotations

import gzip
import zlib
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from segmenter import __version__
from segmenter.errors import ParameterError, WriteError
from segmenter.export.atomic import write_atomically
from segmenter.export.written import Written
from segmenter.images.geometry import grid_spacing
from segmenter.images.image import Image
from segmenter.images.volume import MILLIMETERS, Placement

if TYPE_CHECKING:
    from nibabel.nifti1 import Nifti1Header

_ESTIMATE, _LABELS = 1001, 1002  # what the values mean, as NIfTI numbers it
_ALIGNED = 2  # the code of a space that is aligned with another file's
_UNIT_CODES = {"m": 1, "mm": 2, "µm": 3, "": 2}
_LARGEST_AXIS = 32767  # of NIfTI-1
_COMPRESSION = 4
_UNSIGNED = (np.uint8, np.uint16, np.uint32)


def write_label_volume(path: str | PathLike[str], label_map: NDArray[Any], image: Image) -> Written:
    """Write a label map with the values it has, as the narrowest unsigned integers they fit in.

    Parameters
    ----------
    path : str or path
        Ends in ``.nii.gz`` or ``.nii``; folders are made.
    label_map : integer or bool ndarray, shape (i, j, k)
        On the image's grid; 0 is unlabeled.
    image : Image
        The volume it belongs to.

    Raises
    ------
    ParameterError
        If it is not on the image's grid, or holds values that are no labels.
    WriteError
        If it cannot be written or does not read back equal; an older file then stays as it was.
    """
    labels = label_map.astype(_label_dtype(label_map))
    return _write(Path(path), labels, image, _LABELS, "the label's number, 0 unlabeled")


def write_posterior_volume(
    path: str | PathLike[str], posterior: NDArray[np.floating[Any]], image: Image
) -> Written:
    """Write one label's probability as float32 from 0 to 1.

    Parameters
    ----------
    path : str or path
        Ends in ``.nii.gz`` or ``.nii``; folders are made.
    posterior : float ndarray, shape (i, j, k)
        On the image's grid.
    image : Image
        The volume it belongs to.

    Raises
    ------
    ParameterError
        If it is not on the image's grid, or not within 0 and 1.
    WriteError
        If it cannot be written or does not read back equal; an older file then stays as it was.
    """
    if not (posterior.min(initial=0) >= 0 and posterior.max(initial=1) <= 1):
        raise ParameterError("Probabilities must lie between 0 and 1.")
    return write_value_volume(path, posterior, image, "probability, 0 to 1")


def write_value_volume(
    path: str | PathLike[str], values: NDArray[Any], image: Image, description: str
) -> Written:
    """Write any numbers on the image's grid as float32, such as a bias field.

    Parameters
    ----------
    path : str or path
        Ends in ``.nii.gz`` or ``.nii``; folders are made.
    values : ndarray, shape (i, j, k)
        On the image's grid.
    image : Image
        The volume they belong to.
    description : str
        What they mean, for the record.

    Raises
    ------
    ParameterError
        If they are not on the image's grid.
    WriteError
        If they cannot be written or do not read back equal; an older file then stays as it was.
    """
    return _write(Path(path), values.astype(np.float32), image, _ESTIMATE, description)


def _write(path: Path, values: NDArray[Any], image: Image, intent: int, meaning: str) -> Written:
    name = path.name.lower()
    if not name.endswith((".nii", ".nii.gz")):
        raise ParameterError(f"{path.name} must end in .nii.gz or .nii to be written as NIfTI.")
    affine = _checked_affine(values, image)
    placement = _placement(image, affine)
    header = _header(values, intent)
    _place(header, affine, placement)
    values = np.asfortranarray(values)  # as they lie in the file
    content = b"".join((header.binaryblock, bytes(4), values.T.data))  # 4 bytes: no extensions
    if name.endswith(".gz"):
        from imagecodecs import gzip_encode

        content = bytes(gzip_encode(content, level=_COMPRESSION))

    def check(hidden: Path) -> None:
        try:
            is_equal = _reads_back(hidden, values, affine, placement)
        except (EOFError, OSError, ValueError, zlib.error):
            is_equal = False
        if not is_equal:
            raise WriteError(
                f"{path} did not read back as it was written and was not kept; "
                "try another folder or disk."
            )

    write_atomically(path, content, check)
    return Written(path, values.shape, meaning)


def _label_dtype(label_map: NDArray[Any]) -> np.dtype[Any]:
    if label_map.dtype.kind not in "bui" or label_map.min(initial=0) < 0:
        raise ParameterError("Labels must be whole numbers of 0 or more.")
    largest = int(label_map.max(initial=0))
    for dtype in _UNSIGNED:
        if largest <= np.iinfo(dtype).max:
            return np.dtype(dtype)
    raise ParameterError(f"Label {largest:,} does not fit into 32 bits; number the labels anew.")


def _checked_affine(values: NDArray[Any], image: Image) -> NDArray[np.float64]:
    if image.affine is not None and values.shape == image.grid:
        return image.affine
    raise ParameterError(
        f"Values of size {_times(values.shape)} do not lie on the grid of {image.source.name}, "
        f"which is {_times(image.grid)}{'' if image.is_volume else ' and no volume'}."
    )


def _header(values: NDArray[Any], intent: int) -> Nifti1Header:
    """Describe values; where they lie comes later."""
    import nibabel as nib

    kind = nib.Nifti2Header if max(values.shape) > _LARGEST_AXIS else nib.Nifti1Header
    header = kind()
    header.set_data_shape(values.shape)
    header.set_data_dtype(values.dtype)
    header.set_slope_inter(1, 0)
    header["vox_offset"] = kind.single_vox_offset
    header["intent_code"] = intent
    header["cal_max"] = np.nanmax(values, initial=0)
    header["descrip"] = f"Segmenter {__version__}".encode()
    return header


def _placement(image: Image, affine: NDArray[np.float64]) -> Placement:
    """Take the source's own affines; what came from another format is aligned with its source."""
    if image.header is not None and image.header.placement is not None:
        placement = image.header.placement
        is_placed = placement.qform is not None or placement.sform is not None
        return placement if is_placed else Placement(None, 0, None, 0)
    return Placement(affine, _ALIGNED, affine, _ALIGNED)


def _place(header: Nifti1Header, affine: NDArray[np.float64], placement: Placement) -> None:
    """Write both affines with their codes; without any, the sizes of the voxels must do."""
    qform = placement.qform
    if qform is None:
        qform = affine if placement.sform is None else placement.sform
    q_code = 0 if placement.qform is None else placement.qform_code
    header.set_qform(qform, 1, strip_shears=True)  # also the sizes of the voxels
    header["qform_code"] = q_code if _is_rigid(qform) else 0
    if placement.sform is not None:
        header.set_sform(placement.sform, placement.sform_code)
    header["xyzt_units"] = _UNIT_CODES[placement.unit]


def _is_rigid(affine: NDArray[np.float64]) -> bool:
    """Tell whether the axes are at right angles, as a qform needs them."""
    directions = affine[:3, :3] / grid_spacing(affine)
    return bool(np.allclose(directions.T @ directions, np.eye(3), atol=1e-3))


def _reads_back(
    file: Path, values: NDArray[Any], affine: NDArray[np.float64], placement: Placement
) -> bool:
    """Open the file by nibabel, unpacked by Python's own gzip, and compare all that matters."""
    import nibabel as nib

    content = file.read_bytes()
    content = gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
    kind = nib.Nifti2Image if content[4:7] == b"n+2" else nib.Nifti1Image
    read = kind.from_bytes(content)
    stored = np.asanyarray(read.dataobj)
    in_millimeters = read.affine.copy()
    in_millimeters[:3] *= MILLIMETERS[placement.unit]
    s_code = 0 if placement.sform is None else placement.sform_code
    return (
        stored.dtype == values.dtype
        and stored.shape == values.shape
        and np.array_equal(_bits(stored), _bits(values))
        and np.allclose(in_millimeters, affine, rtol=1e-5, atol=1e-3 * min(grid_spacing(affine)))
        and int(read.header["sform_code"]) == s_code
    )


def _bits(values: NDArray[Any]) -> NDArray[Any]:
    """View values as whole numbers, so that those that are no numbers can be equal too."""
    return np.asfortranarray(values).T.view(f"u{values.itemsize}")


def _times(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))
