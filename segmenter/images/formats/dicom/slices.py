"""What a DICOM file holds, slice by slice: where each lies, and what its values mean."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from segmenter.images.formats.dicom.dataset import number, numbers, text
from segmenter.images.formats.dicom.pixels import n_frames
from segmenter.images.raster import CannotDecodeError

if TYPE_CHECKING:
    from pydicom import Dataset

_ORIGIN = "PatientID", "StudyInstanceUID", "FrameOfReferenceUID"
_N_TILES = (0x0019, 0x100A)
Numbers = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Slice:
    """A slice in the patient, in DICOM's coordinates (left, back, top; millimeters).

    Attributes
    ----------
    file : Path
        Where it is.
    frame : int
        Which frame of the file, from 0.
    uid : str
        The file's own number in the world.
    shape : tuple of int
        Rows and columns.
    position : tuple of float
        Center of the first pixel.
    directions : tuple of float
        Six cosines: of a row (along which the column counts up), then of a column.
    steps : tuple of float
        Between rows, and between columns.
    origin : tuple of str
        Numbers of the patient, the study and the frame of reference, in which positions are told.
    corner : tuple of int
        Row and column of the frame at which the slice begins; not 0 in a mosaic of slices.
    thickness : float
        Of the slice, in millimeters; 0 where it is not said.
    slope, intercept : float
        Value = slope * stored + intercept.
    order : tuple of float
        What tells repeats of a position apart, in the order in which they were taken.
    """

    file: Path
    frame: int
    uid: str
    shape: tuple[int, int]
    position: Numbers
    directions: Numbers
    steps: Numbers
    thickness: float
    slope: float
    intercept: float
    order: Numbers
    origin: tuple[str, ...]
    corner: tuple[int, int] = (0, 0)

    @property
    def normal(self) -> NDArray[np.float64]:
        """The direction across the slice."""
        across: NDArray[np.float64] = np.cross(self.directions[:3], self.directions[3:])
        return across


def is_gray(dataset: Dataset) -> bool:
    """Tell whether values are intensities, not colors."""
    return text(dataset, "PhotometricInterpretation") in ("MONOCHROME1", "MONOCHROME2")


def slices_of(dataset: Dataset, file: Path) -> tuple[Slice, ...]:
    """List the slices of a file that say where they lie; none if one of them does not."""
    if "MOSAIC" in (dataset.get("ImageType") or ()):
        return tiles_of(dataset, _slice(dataset, file, 0))
    n = n_frames(dataset)
    if n > 1 and len(dataset.get("PerFrameFunctionalGroupsSequence") or ()) != n:
        return ()
    slices = [_slice(dataset, file, frame) for frame in range(n)]
    return tuple(item for item in slices if item is not None) if None not in slices else ()


def _slice(dataset: Dataset, file: Path, frame: int) -> Slice | None:
    groups = _functional_groups(dataset, frame)
    position = _first(groups, "PlanePositionSequence", "ImagePositionPatient", 3)
    directions = _first(groups, "PlaneOrientationSequence", "ImageOrientationPatient", 6)
    steps = _first(groups, "PixelMeasuresSequence", "PixelSpacing", 2)
    if not (position and directions and steps) or min(steps) <= 0 or not _is_plane(directions):
        return None
    slope, intercept = scale_of(_item(groups, "PixelValueTransformationSequence") or groups[-1])
    return Slice(
        file=file,
        frame=frame,
        uid=text(dataset, "SOPInstanceUID"),
        shape=(int(dataset.Rows), int(dataset.Columns)),
        position=position,
        directions=directions,
        steps=steps,
        thickness=_thickness(groups),
        slope=slope,
        intercept=intercept,
        order=_order(dataset, groups, frame),
        origin=tuple(text(dataset, name) for name in _ORIGIN),
    )


def _functional_groups(dataset: Dataset, frame: int) -> tuple[Dataset, ...]:
    """Give where a frame's facts may stand: its own groups, the shared ones, the file."""
    own = dataset.get("PerFrameFunctionalGroupsSequence") or ()
    shared = dataset.get("SharedFunctionalGroupsSequence") or ()
    return (*own[frame : frame + 1], *shared[:1], dataset)


def _item(groups: tuple[Dataset, ...], sequence: str) -> Dataset | None:
    for group in groups:
        if items := group.get(sequence):
            item: Dataset = items[0]
            return item
    return None


def _first(
    groups: tuple[Dataset, ...], sequence: str, name: str, count: int
) -> tuple[float, ...] | None:
    """Look numbers up in a frame's sequence, or in the file itself if it is of one frame."""
    item = _item(groups, sequence)
    if item is not None:
        return numbers(item, name, count)
    is_single = n_frames(groups[-1]) == 1 or name != "ImagePositionPatient"
    return numbers(groups[-1], name, count) if is_single else None


def _thickness(groups: tuple[Dataset, ...]) -> float:
    where = _item(groups, "PixelMeasuresSequence") or groups[-1]
    return max(0.0, number(where, "SliceThickness", 0.0))


def scale_of(dataset: Dataset) -> tuple[float, float]:
    """Give slope and intercept; a slope of 0 means that values are as they stand."""
    slope = number(dataset, "RescaleSlope", 1.0)
    intercept = number(dataset, "RescaleIntercept", 0.0)
    is_usable = slope != 0 and np.isfinite([slope, intercept]).all()
    return (slope, intercept) if is_usable else (1.0, 0.0)


def _order(dataset: Dataset, groups: tuple[Dataset, ...], frame: int) -> Numbers:
    content = _item(groups, "FrameContentSequence")
    temporal: Any = content if content is not None else dataset
    return (
        number(temporal, "TemporalPositionIndex", number(dataset, "TemporalPositionIdentifier", 0)),
        number(temporal, "FrameAcquisitionNumber", number(dataset, "AcquisitionNumber", 0)),
        number(dataset, "EchoTime", 0),
        number(dataset, "InstanceNumber", 0),
        float(frame),
    )


def _is_plane(directions: Numbers) -> bool:
    """Tell whether row and column are of length 1 and at right angles."""
    row, column = np.array(directions[:3]), np.array(directions[3:])
    lengths = np.linalg.norm(row), np.linalg.norm(column)
    return bool(np.allclose(lengths, 1, atol=0.01) and abs(row @ column) < 0.01)


def tiles_of(dataset: Dataset, whole: Slice | None) -> tuple[Slice, ...]:
    """Cut a mosaic, as Siemens scanners make them, into the slices it is made of.

    The stated position is that of a slice as large as the mosaic; slices follow each other along
    the normal. See the notes on DICOM in nibabel's documentation.

    Raises
    ------
    CannotDecodeError
        If it does not say how many slices it holds.
    """
    if whole is None:
        return ()
    n_tiles, normal = _mosaic_facts(dataset, whole)
    across = int(np.ceil(np.sqrt(n_tiles)))
    shape = whole.shape[0] // across, whole.shape[1] // across
    spare = np.multiply(np.subtract(whole.shape, shape), whole.steps) / 2
    first = np.add(whole.position, np.multiply(whole.directions[:3], spare[1]))
    first += np.multiply(whole.directions[3:], spare[0])
    step = normal * number(dataset, "SpacingBetweenSlices", whole.thickness)
    return tuple(
        replace(
            whole,
            shape=shape,
            position=tuple((first + index * step).tolist()),
            corner=(index // across * shape[0], index % across * shape[1]),
        )
        for index in range(n_tiles)
    )


def _mosaic_facts(dataset: Dataset, whole: Slice) -> tuple[int, NDArray[np.float64]]:
    """Give the number of slices and the way from one to the next, from Siemens's own header."""
    from nibabel.nicom import csareader

    header = csareader.get_csa_header(dataset, "image")
    stated = dataset.get(_N_TILES)
    n_tiles = csareader.get_n_mosaic(header) if header else stated and int(stated.value)
    if not n_tiles:
        raise CannotDecodeError(
            "is a mosaic that does not say how many slices it holds; convert it with dcm2niix"
        )
    normal = csareader.get_slice_normal(header) if header else None
    return n_tiles, whole.normal if normal is None else np.asarray(normal, np.float64)
