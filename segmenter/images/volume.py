"""What a reader of volumes hands over: voxels on the file's own grid, and where it lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

LengthUnit = Literal["mm", "m", "µm", ""]
MILLIMETERS: dict[LengthUnit, float] = {"": 1.0, "mm": 1.0, "m": 1000.0, "µm": 0.001}


@dataclass(frozen=True, eq=False, slots=True)
class Placement:
    """The two affines of a NIfTI header as they stand there, so that files line up when written.

    Attributes
    ----------
    qform, sform : float64 ndarray of shape (4, 4), or None
        Voxel indices to positions, in the file's unit; None where it has none.
    qform_code, sform_code : int
        What space each leads to, as NIfTI numbers them: 0 none, 1 the scanner's, 2 another scan's,
        3 Talairach's, 4 MNI's, 5 another template's.
    unit : {"mm", "m", "µm", ""}
        Of the positions; empty where the file does not say it.
    """

    qform: NDArray[np.float64] | None
    qform_code: int
    sform: NDArray[np.float64] | None
    sform_code: int
    unit: LengthUnit = "mm"


@dataclass(frozen=True, eq=False, slots=True)
class VolumeHeader:
    """What a file says about its volume or volumes, before any voxel is read.

    Attributes
    ----------
    format : str
        The format's usual name, such as "NIfTI".
    grid : tuple of int
        Voxels along each axis, in the file's order.
    dtype : dtype
        Of the voxels as they will be read: the stored one, or float32 where they are scaled.
    affine : float64 ndarray, shape (4, 4)
        Voxel indices to millimeters, RAS+.
    n_channels : int
        Values of a voxel.
    channel_names : tuple of str
        What they are called, where the file says it.
    n_volumes : int
        How many volumes of this grid the file holds; one is read at a time.
    placement : Placement or None
        The affines and codes of a NIfTI header.
    window : tuple of float, or None
        The values that the file wants shown as black and as white.
    texts : tuple of (str, str)
        What else the header says, to be shown and never to be exported: it may name the patient.
    notes : tuple of str
        What a user should know about the file, in words.
    """

    format: str
    grid: tuple[int, int, int]
    dtype: np.dtype[Any]
    affine: NDArray[np.float64]
    n_channels: int = 1
    channel_names: tuple[str, ...] = ()
    n_volumes: int = 1
    placement: Placement | None = None
    window: tuple[float, float] | None = None
    texts: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class Volume:
    """The voxels of one volume.

    Attributes
    ----------
    header : VolumeHeader
        What they are.
    voxels : ndarray, shape (i, j, k, n_channels)
        In the file's own axis order, scaled if the file says so.
    missing : bool ndarray, shape (i, j, k), or None
        Voxels that the file lacks, such as a slice that is not there.
    """

    header: VolumeHeader
    voxels: NDArray[Any]
    missing: NDArray[np.bool_] | None = None
