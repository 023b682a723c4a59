"""A cut-out object as files: mask, opacity, cut-out.

The window and the command line export through this one function, so that they give equal files.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from segmenter.export.kinds import KindInfo
from segmenter.export.png import write_binary_mask, write_cutout, write_posterior
from segmenter.export.written import Written
from segmenter.segment.foreground import Foreground, matte_steps
from segmenter.work import Progress, Work, portion

ForegroundKind = Literal["mask", "alpha", "cutout"]

FOREGROUND_KINDS: dict[ForegroundKind, KindInfo] = {
    "mask": KindInfo("Mask", "Gray PNG: 255 on the object, 0 elsewhere."),
    "alpha": KindInfo("Opacity", "Gray PNG: share of the object in each pixel, soft outline."),
    "cutout": KindInfo("Cut-out", "The object on transparency, its edge free of the background."),
}


def export_foreground(
    result: Foreground, paths: Mapping[ForegroundKind, Path], bits: Literal[8, 16] = 8
) -> Work[tuple[Written, ...]]:
    """Write an object; each file is atomic and is read back by another library.

    Parameters
    ----------
    result : Foreground
        The object.
    paths : mapping
        Where each kind of file is written; kinds that are not in it are not.
    bits : {8, 16}
        Depth of the opacity.

    Raises
    ------
    WriteError
        When a file cannot be written; files written before it stay, whole.
    """
    written = []
    if "mask" in paths:
        yield Progress(f"Writing {paths['mask'].name}", 0.0)
        written.append(write_binary_mask(paths["mask"], result.mask))
    if "alpha" in paths or "cutout" in paths:
        matte = yield from portion(matte_steps(result), 0.1, 0.8)
        if "alpha" in paths:
            yield Progress(f"Writing {paths['alpha'].name}", 0.8)
            written.append(write_posterior(paths["alpha"], matte.alpha, bits=bits))
        if "cutout" in paths:
            yield Progress(f"Writing {paths['cutout'].name}", 0.9)
            written.append(write_cutout(paths["cutout"], matte.image, matte.alpha))
    return tuple(written)
