"""The formats that Pillow decodes (BMP, GIF, TGA), and what it says about the others' headers."""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from segmenter.images.raster import ColorModel, Header, Raster

if TYPE_CHECKING:
    import PIL.Image

_ORIENTATION_TAG = 0x0112
# Pillow knows more, among them some that start other programs.
_FORMATS = (
    "PNG", "JPEG", "GIF", "BMP", "DIB", "WEBP", "AVIF", "JPEG2000", "TIFF", "TGA",
)  # fmt: skip
_GRAY_MODES = ("1", "L", "LA", "I;16", "I;16B")
_NAMES = {"MPO": "JPEG", "WEBP": "WebP", "DIB": "BMP", "JPEG2000": "JPEG 2000"}
# Pillow's own size limit and Python's warning filters are the whole process's.
_PILLOW = threading.Lock()


def describe(path: Path, page: int = 0) -> Header:
    """Say what a file holds, as far as Pillow's header of it tells."""
    with opened(path, page) as picture:
        return header_of(picture)


def decode(path: Path, page: int = 0) -> Raster:
    """Decode a page with Pillow; a frame of an animation comes fully composed."""
    with opened(path, page) as picture:
        header = header_of(picture)
        return split_alpha(header, _samples(picture))


@contextmanager
def opened(path: Path, page: int = 0) -> Iterator[PIL.Image.Image]:
    """Open a file with Pillow at a page, or at the last one if there are not so many.

    Quietly: what Pillow warns of is not for the user.
    """
    with _PILLOW, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pillow = _pillow()
        limit, pillow.MAX_IMAGE_PIXELS = pillow.MAX_IMAGE_PIXELS, None  # limits.py has ours
        try:
            with pillow.open(path, formats=_FORMATS) as picture:
                if page:
                    picture.seek(min(page, _n_pages(picture) - 1))
                yield picture
        finally:
            pillow.MAX_IMAGE_PIXELS = limit


def header_of(picture: PIL.Image.Image) -> Header:
    """Describe an opened picture, whose samples count as 8 bits; no pixel is read."""
    model, n_channels, has_alpha = _layout(picture)
    # A PNG's EXIF block may follow the pixels, and Pillow would decode them to get there.
    exif = picture.getexif if picture.format != "PNG" else dict
    orientation, notes = _orientation(exif)
    profile = picture.info.get("icc_profile")
    name = picture.format or ""
    return Header(
        format=_NAMES.get(name, name),
        width=picture.width,
        height=picture.height,
        dtype=np.dtype(np.uint8),
        model=model,
        n_channels=n_channels,
        has_alpha=has_alpha,
        n_pages=_n_pages(picture),
        orientation=orientation,
        profile=profile if isinstance(profile, bytes) and profile else None,
        notes=notes,
    )


def split_alpha(header: Header, samples: NDArray[Any]) -> Raster:
    """Make a raster of decoded samples, shape (height, width) or (height, width, channels)."""
    if samples.ndim == 2:
        samples = samples[..., None]
    n_channels = header.n_channels
    height, width, n_samples = samples.shape
    if (height, width) != (header.height, header.width) or n_samples < n_channels:
        raise ValueError("decoded pixels are not what the header says")
    has_alpha = n_samples in (2, 4) and n_samples > n_channels
    alpha = np.ascontiguousarray(samples[..., -1]) if has_alpha else None
    return Raster(header, samples[..., :n_channels], alpha)


def orientation_in(exif: bytes) -> tuple[int, tuple[str, ...]]:
    """Find the orientation in an EXIF block, and what there is to say about the block."""

    def parsed() -> PIL.Image.Exif:
        block: PIL.Image.Exif = _pillow().Exif()
        block.load(exif)
        return block

    return _orientation(parsed)


@cache
def _pillow() -> Any:
    logging.getLogger("PIL").addHandler(logging.NullHandler())
    import PIL.Image

    return PIL.Image


def _n_pages(picture: PIL.Image.Image) -> int:
    """Count frames; the further pictures in a JPEG are previews, depth or gain maps."""
    return 1 if picture.format == "MPO" else getattr(picture, "n_frames", 1)


def _layout(picture: PIL.Image.Image) -> tuple[ColorModel, int, bool]:
    """Color model, channels, and whether there is alpha, of what will be read."""
    mode = picture.mode
    if mode == "CMYK":
        return "cmyk", 4, False
    has_alpha = mode in ("LA", "RGBA") or "transparency" in picture.info
    is_gray = _is_gray(picture.getpalette()) if mode == "P" else mode in _GRAY_MODES
    return ("gray", 1, has_alpha) if is_gray else ("rgb", 3, has_alpha)


def _is_gray(palette: list[int] | None) -> bool:
    colors = np.array(palette or [], dtype=np.uint8).reshape(-1, 3)
    return bool((colors == colors[:, :1]).all())


def _samples(picture: PIL.Image.Image) -> NDArray[Any]:
    """Decode into an array whose last axis is that of the header, then alpha."""
    model, _, has_alpha = _layout(picture)
    wanted = ("L" if model == "gray" else "RGB") + ("A" if has_alpha else "")
    return np.asarray(picture if picture.mode == wanted else picture.convert(wanted))


def _orientation(exif: Callable[[], Mapping[int, Any]]) -> tuple[int, tuple[str, ...]]:
    try:
        orientation = exif().get(_ORIENTATION_TAG, 1)
    except Exception:  # Pillow raises whatever its parser stumbles on; the pixels are still good
        return 1, ("its EXIF block is damaged and was left out",)
    return (orientation, ()) if orientation in range(1, 9) else (1, ())
