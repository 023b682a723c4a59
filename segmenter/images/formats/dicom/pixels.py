"""Decoding the frames of a DICOM file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from segmenter.images.formats.dicom.dataset import INSTALL, imported, text
from segmenter.images.raster import CannotDecodeError

if TYPE_CHECKING:
    from pydicom import Dataset

_OWN_PLUGIN = ("segmenter", ("segmenter.images.formats.dicom.jpeg", "_decode_frame"))


def frame_of(dataset: Dataset, index: int) -> NDArray[Any]:
    """Decode one frame: shape (rows, columns) or (rows, columns, 3), as stored.

    Colors that are stored as luma and chroma come as RGB; what lies above the stored bits
    (overlays, in old files) is cut off.

    Raises
    ------
    CannotDecodeError
        If no decoder for its compression is installed.
    """
    pydicom = imported()
    _register()
    try:
        frame = pydicom.pixels.pixel_array(dataset, index=index)
    except RuntimeError as error:
        if "missing dependencies" not in str(error):
            raise
        name = dataset.file_meta.TransferSyntaxUID.name
        raise CannotDecodeError(f"is compressed as {name}; {INSTALL}") from None
    return _stored_bits(frame, dataset) if frame.ndim == 2 else frame


def bright(frame: NDArray[Any], dataset: Dataset) -> NDArray[Any]:
    """Turn values over, within their range, where the file wants low ones shown bright."""
    if text(dataset, "PhotometricInterpretation") != "MONOCHROME1":
        return frame
    is_signed = int(dataset.get("PixelRepresentation", 0))
    return (-1 if is_signed else (1 << int(dataset.BitsStored)) - 1) - frame


def n_frames(dataset: Dataset) -> int:
    """Say how many frames a file holds."""
    return max(1, int(dataset.get("NumberOfFrames") or 1))


def _stored_bits(frame: NDArray[Any], dataset: Dataset) -> NDArray[Any]:
    allocated, stored = int(dataset.BitsAllocated), int(dataset.get("BitsStored", 0))
    unused = frame.dtype.itemsize * 8 - stored
    if frame.dtype.kind not in "iu" or not 0 < stored < allocated or unused <= 0:
        return frame
    kept: NDArray[Any] = (frame << unused) >> unused  # also spreads the sign
    return kept


def _register() -> None:
    """Let imagecodecs decode what pydicom's permissive plugins do not: 12-bit and lossless JPEG."""
    from pydicom.pixels.decoders.base import get_decoder
    from pydicom.uid import JPEGExtended12Bit, JPEGLossless, JPEGLosslessSV1

    for syntax in (JPEGExtended12Bit, JPEGLossless, JPEGLosslessSV1):
        decoder = get_decoder(syntax)
        if _OWN_PLUGIN[0] not in decoder.available_plugins:
            decoder.add_plugin(*_OWN_PLUGIN)
