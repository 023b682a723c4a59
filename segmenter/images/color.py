"""From the color a file has to sRGB or gray, without losing depth."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.images.image import ColorSpace
from segmenter.images.raster import ColorModel

_PROFILE_SPACES = {b"GRAY": "gray", b"RGB ": "rgb", b"CMYK": "cmyk", b"Lab ": "lab"}
_STRIP = 64  # rows computed at a time, so that what lies between stays in the cache
_BLOCK = 128  # rows that Little CMS gets at a time: it keeps the interpreter's lock meanwhile
_PROBE_STEPS = 9  # colors along each axis when asking whether a profile changes anything


def to_srgb(
    pixels: NDArray[Any], model: ColorModel, profile: bytes | None
) -> tuple[NDArray[Any], ColorSpace, tuple[str, ...]]:
    """Convert stored colors to sRGB, or gray to the gray of sRGB.

    Color goes through Little CMS with relative colorimetric intent in the pixels' own dtype. A
    gray profile is applied as a table. CMYK without a profile is the plain product of the
    inks, ``(1 - c)(1 - k)``; Lab is relative to D50.

    Parameters
    ----------
    pixels : ndarray, shape (height, width, n_channels)
        As stored.
    model : {"gray", "rgb", "cmyk", "lab", "channels"}
        What they are.
    profile : bytes or None
        The embedded ICC profile.

    Returns
    -------
    pixels : ndarray, shape (height, width, n_channels)
        Of the same dtype.
    color_space : {"gray", "rgb", "channels"}
        What they are now.
    notes : tuple of str
        What was done.
    """
    notes: tuple[str, ...] = ()
    if model == "lab":
        pixels = _transformed(pixels, _lab_profile(), "lab")
        return pixels, "rgb", ("converted from Lab to sRGB",)
    if profile is not None and model != "channels":
        converted, note = _by_profile(pixels, model, profile)
        notes = (note,) if note else ()
        if converted is not None:
            return converted, "gray" if model == "gray" else "rgb", notes
    if model == "cmyk":
        return _product_of_inks(pixels), "rgb", (*notes, "converted from CMYK without a profile")
    return pixels, model, notes


def straight(premultiplied: NDArray[Any], alpha: NDArray[Any]) -> NDArray[Any]:
    """Divide premultiplied colors by their alpha; what is fully transparent becomes 0.

    Parameters
    ----------
    premultiplied : ndarray, shape (height, width, n_channels)
        Colors times alpha.
    alpha : ndarray, shape (height, width)
        Opacity, of the same dtype.
    """
    dtype = premultiplied.dtype
    full = np.iinfo(dtype).max if dtype.kind in "iu" else 1.0
    colors = np.zeros_like(premultiplied)
    for top in range(0, len(premultiplied), _STRIP):
        rows = slice(top, top + _STRIP)
        opacity = alpha[rows, :, None].astype(np.float64)
        share = np.divide(full, opacity, out=np.zeros_like(opacity), where=opacity > 0)
        with np.errstate(invalid="ignore", over="ignore"):  # values that are not finite stay so
            divided = premultiplied[rows] * share
        colors[rows] = np.clip(np.rint(divided), 0, full) if dtype.kind in "iu" else divided
    return colors


def widened(pixels: NDArray[Any], bits: int) -> NDArray[Any]:
    """Stretch samples of fewer bits than their dtype has to the dtype's full range."""
    if pixels.dtype == np.bool_:
        return pixels.astype(np.uint8) * np.uint8(255)
    if pixels.dtype.kind != "u" or bits >= 8 * pixels.dtype.itemsize:
        return pixels
    return widened_from(pixels, (1 << bits) - 1)


def widened_from(pixels: NDArray[Any], maximum: int) -> NDArray[Any]:
    """Stretch unsigned samples of 0 to ``maximum`` to the full range of their dtype."""
    full = np.iinfo(pixels.dtype).max
    if maximum == full:
        return pixels
    table = np.rint(np.arange(maximum + 1) * (full / maximum)).astype(pixels.dtype)
    stretched: NDArray[Any] = table[np.minimum(pixels, maximum)]
    return stretched


def _by_profile(
    pixels: NDArray[Any], model: ColorModel, profile: bytes
) -> tuple[NDArray[Any] | None, str]:
    """Apply an embedded profile; None when it cannot be, with a note why."""
    if _PROFILE_SPACES.get(profile[16:20]) != model:
        return None, "its color profile is for other colors than it has and was left out"
    try:
        if model == "rgb" and _changes_nothing(profile):
            return pixels, ""
        if pixels.dtype not in (np.uint8, np.uint16):
            note = f"its color profile does not apply to {pixels.dtype} values and was left out"
            return None, note
        if model == "gray":
            return _by_gray_table(pixels, profile), "converted by its gray profile"
        return _transformed(pixels, profile, model), "converted to sRGB by its color profile"
    except RuntimeError:  # of Little CMS: the profile is damaged
        return None, "its color profile is damaged and was left out"


def _by_gray_table(pixels: NDArray[Any], profile: bytes) -> NDArray[Any]:
    """Look every gray up in the table of what its profile makes of it."""
    grays = np.arange(np.iinfo(pixels.dtype).max + 1, dtype=pixels.dtype)
    table = _transformed(grays[None, :, None], profile, "gray")[0, :, 0]
    looked_up: NDArray[Any] = np.take(table, pixels)
    return looked_up


def _changes_nothing(profile: bytes) -> bool:
    """Tell whether a profile is sRGB in effect: it moves no 8-bit color by more than one."""
    steps = np.linspace(0, 255, _PROBE_STEPS).astype(np.uint8)
    probe = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(1, -1, 3)
    moved = _transformed(probe, profile, "rgb").astype(int) - probe
    return bool(np.abs(moved).max() <= 1)


def _transformed(pixels: NDArray[Any], profile: bytes, space: str) -> NDArray[Any]:
    """Run Little CMS on blocks of rows; the result has three channels and the same dtype."""
    from imagecodecs import cms_transform

    stored = np.ascontiguousarray(pixels[..., 0] if space == "gray" else pixels)
    transformed = np.empty((*pixels.shape[:2], 3), pixels.dtype)
    for top in range(0, len(stored), _BLOCK):
        rows = slice(top, top + _BLOCK)
        transformed[rows] = cms_transform(
            stored[rows], profile, _srgb_profile(), colorspace=space, outcolorspace="rgb", intent=1
        )
    return transformed


def _srgb_profile() -> bytes:
    import imagecodecs

    profile: bytes = imagecodecs.cms_profile("srgb")
    return profile


def _lab_profile() -> bytes:
    import imagecodecs

    profile: bytes = imagecodecs.cms_profile("lab4")
    return profile


def _product_of_inks(pixels: NDArray[Any]) -> NDArray[Any]:
    """Multiply what each ink and black let through, strip by strip."""
    dtype = pixels.dtype
    full = np.float32(np.iinfo(dtype).max if dtype.kind in "iu" else 1)
    light = np.empty((*pixels.shape[:2], 3), dtype)
    for top in range(0, len(pixels), _STRIP):
        through = full - pixels[top : top + _STRIP].astype(np.float32)
        product = through[..., :3] * through[..., 3:] / full
        light[top : top + _STRIP] = np.rint(product) if dtype.kind in "iu" else product
    return light
