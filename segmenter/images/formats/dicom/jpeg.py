"""A decoder for pydicom of the JPEG kinds that its other permissive plugins leave out.

The names are those that pydicom asks a plugin for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydicom.pixels.decoders.base import DecodeRunner

_EXTENDED, _LOSSLESS, _LOSSLESS_SV1 = (f"1.2.840.10008.1.2.4.{end}" for end in ("51", "57", "70"))
DECODER_DEPENDENCIES = dict.fromkeys((_EXTENDED, _LOSSLESS, _LOSSLESS_SV1), ("imagecodecs",))


def is_available(uid: str) -> bool:
    """Tell whether a transfer syntax is one of those decoded here."""
    return uid in DECODER_DEPENDENCIES


def _decode_frame(source: bytes, runner: DecodeRunner) -> bytes:
    """Decode a frame; color comes as it is stored, for pydicom to convert."""
    import imagecodecs

    stored = None if runner.samples_per_pixel == 1 else str(runner.photometric_interpretation)
    space = None if stored is None else ("RGB" if stored == "RGB" else "YCbCr")
    decoded = imagecodecs.jpeg8_decode(source, colorspace=space, outcolorspace=space)
    runner.set_option("bits_allocated", decoded.dtype.itemsize * 8)
    return bytes(decoded.tobytes())
