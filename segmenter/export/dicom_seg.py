"""Label maps and probabilities as DICOM segmentations of the series they were made from.

A segmentation names the slices it belongs to and carries their study and patient numbers, so that
an archive can file it with them; names and birth dates of patients are left empty. It is written
by highdicom (of the extra `dicom`) and read back by pydicom.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from segmenter import __version__
from segmenter.errors import ParameterError, WriteError
from segmenter.export.atomic import write_atomically
from segmenter.export.bids import VolumeLabel
from segmenter.export.written import Written
from segmenter.images.image import Image
from segmenter.images.read_volume import source_slices

if TYPE_CHECKING:
    from pydicom import Dataset

_LEVELS = 255  # of a fractional segmentation
_HIDDEN = ("PatientName", "PatientBirthDate")
_NEEDED = (
    "PatientID", "PatientName", "PatientBirthDate", "PatientSex", "StudyInstanceUID", "StudyID",
    "StudyDate", "StudyTime", "AccessionNumber", "ReferringPhysicianName", "FrameOfReferenceUID",
)  # fmt: skip


def write_dicom_labels(
    path: str | PathLike[str],
    label_map: NDArray[Any],
    image: Image,
    labels: Sequence[VolumeLabel],
) -> Written:
    """Write a label map as a binary segmentation, a segment a label.

    Parameters
    ----------
    path : str or path
        The file; folders are made.
    label_map : integer ndarray, shape (i, j, k)
        On the image's grid.
    image : Image
        A volume that was read from DICOM files, which must still be there.
    labels : sequence of VolumeLabel
        The segments.

    Raises
    ------
    ParameterError
        If the image is not from DICOM files, or the label map is not on its grid.
    WriteError
        If it cannot be written or does not read back equal; an older file then stays as it was.
    """
    inside = np.stack([label_map == label.value for label in labels], axis=-1)
    return _write(Path(path), inside.astype(np.uint8), image, labels, "BINARY")


def write_dicom_posteriors(
    path: str | PathLike[str],
    posteriors: NDArray[np.floating[Any]],
    image: Image,
    labels: Sequence[VolumeLabel],
) -> Written:
    """Write probabilities as a fractional segmentation, in steps of 1/255.

    Parameters
    ----------
    path : str or path
        The file; folders are made.
    posteriors : float ndarray, shape (i, j, k, n_labels)
        From 0 to 1, on the image's grid.
    image : Image
        A volume that was read from DICOM files, which must still be there.
    labels : sequence of VolumeLabel
        The segments.

    Raises
    ------
    ParameterError
        If the image is not from DICOM files, or the probabilities are not on its grid.
    WriteError
        If it cannot be written or does not read back equal; an older file then stays as it was.
    """
    return _write(Path(path), posteriors.astype(np.float32), image, labels, "FRACTIONAL")


def _write(
    path: Path, values: NDArray[Any], image: Image, labels: Sequence[VolumeLabel], kind: str
) -> Written:
    """Write values, shape (columns, rows, slices, segments)."""
    if values.shape != (*image.grid, len(labels)):
        raise ParameterError(f"The labels do not lie on the grid of {image.source.name}.")
    try:
        import highdicom  # noqa: F401  only to see whether it is there
    except ImportError:
        raise ParameterError(
            "Writing DICOM takes more software; install it with: pip install 'segmenter[dicom]'."
        ) from None
    indices, sources = _sources(image)
    planes = np.ascontiguousarray(values.transpose(2, 1, 0, 3)[indices])
    segmentation = _segmentation(sources, planes, labels, kind)
    stream = io.BytesIO()
    segmentation.save_as(stream)
    expected = planes if kind == "BINARY" else np.rint(planes * _LEVELS)

    def check(hidden: Path) -> None:
        if not _reads_back(hidden, expected, sources):
            raise WriteError(
                f"{path} did not read back as it was written and was not kept; "
                "try another folder or disk."
            )

    write_atomically(path, stream.getvalue(), check)
    return Written(path, image.grid, f"DICOM segmentation, {kind.lower()}")


def _sources(image: Image) -> tuple[list[int], list[Dataset]]:
    """Read the headers of the slices; those that are missing are left out."""
    from segmenter.images.formats.dicom.dataset import header_of

    found = [(k, item) for k, item in enumerate(source_slices(image)) if item is not None]
    if len({item.file for _, item in found}) != len(found):
        raise ParameterError(
            f"{image.source.name} is one file of many slices; "
            "a DICOM segmentation can be made of a series of single ones."
        )
    headers = [header_of(item.file) for _, item in found]
    for header in headers:
        for name in _NEEDED:
            if name not in header:
                setattr(header, name, "")
        for name in _HIDDEN:
            setattr(header, name, "")
    return [k for k, _ in found], headers


def _segmentation(
    sources: Sequence[Dataset], planes: NDArray[Any], labels: Sequence[VolumeLabel], kind: str
) -> Any:
    import highdicom
    from pydicom.uid import generate_uid

    return highdicom.seg.Segmentation(
        source_images=sources,
        pixel_array=planes,
        segmentation_type=kind,
        segment_descriptions=[_segment(number, label) for number, label in enumerate(labels, 1)],
        series_instance_uid=generate_uid(),
        series_number=1000,
        sop_instance_uid=generate_uid(),
        instance_number=1,
        manufacturer="Segmenter",
        manufacturer_model_name="Segmenter",
        software_versions=__version__,
        device_serial_number="none",
        max_fractional_value=_LEVELS,
        content_label="SEGMENTATION",
    )


def _segment(number: int, label: VolumeLabel) -> Any:
    """Say what a segment is, in words and by SNOMED's number where the label has one."""
    import highdicom
    from pydicom.sr.codedict import codes
    from pydicom.sr.coding import Code

    tissue = codes.SCT.Tissue
    meant = tissue if label.snomed is None else Code(label.snomed, "SCT", label.name)
    return highdicom.seg.SegmentDescription(
        segment_number=number,
        segment_label=label.name,
        segmented_property_category=tissue,
        segmented_property_type=meant,
        algorithm_type="AUTOMATIC",
        algorithm_identification=highdicom.AlgorithmIdentificationSequence(
            name="Segmenter", version=__version__, family=codes.cid7162.ClusterAnalysis
        ),
    )


def _reads_back(file: Path, planes: NDArray[Any], sources: Sequence[Dataset]) -> bool:
    """Open the file by pydicom and put each frame where it says it belongs."""
    import pydicom

    dataset = pydicom.dcmread(file)
    frames = dataset.pixel_array.reshape(-1, *planes.shape[1:3])
    indices = {source.SOPInstanceUID: index for index, source in enumerate(sources)}
    found = np.zeros_like(planes)
    for frame, groups in zip(frames, dataset.PerFrameFunctionalGroupsSequence, strict=True):
        source = groups.DerivationImageSequence[0].SourceImageSequence[0]
        segment = groups.SegmentIdentificationSequence[0].ReferencedSegmentNumber
        found[indices[source.ReferencedSOPInstanceUID], ..., segment - 1] = frame
    return np.array_equal(found, planes)
