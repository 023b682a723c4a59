"""The constants of the tissue method, each of which can be made smaller or larger for a while."""

from __future__ import annotations

import runpy
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path

import numpy as np

from segmenter.segment.tissue.atlas import OUTLINE, icbm152
from segmenter.shipped import resource_path

Vary = Callable[[float], AbstractContextManager[None]]

CONSTANTS = {
    "denoising": ("RATE", "TOLERANCE", "BLUR", "NOISE_A_STEP"),
    "sample": ("STRANGE", "LEAST_VARIANCE"),
    "bias": ("SHORTEST_WAVE", "BLOCK"),
    "fit": ("BLOCK",),
    "warp": ("FLUID", "ELASTIC"),
    "partial_volume": ("_SURE", "CLEAR", "UNCLEAR"),
    "prior": ("CORTICAL_TRUST", "LEAST_PRIOR"),
    "labeling": ("_MIXED_SHARE",),
    "smoothing": ("STRENGTH", "NEAR"),
    "rim": ("REACH", "FAVOR", "SMOOTHNESS", "_BRIDGE", "_FLUID_SPREAD"),
    "surface": ("FRACTION",),
}
"""Of each module; those inside compiled kernels cannot be changed as they run."""


def varied(folder: Path) -> Iterator[tuple[str, Vary]]:
    """Name each constant and how to multiply it by a factor while a block runs."""
    for module, names in CONSTANTS.items():
        for name in names:
            yield f"{module}.{name}", partial(multiplied, module, name)
    yield "atlas CAVITY", partial(cavity_multiplied, folder / "atlas")


@contextmanager
def multiplied(module: str, name: str, factor: float) -> Iterator[None]:
    place = import_module(f"segmenter.segment.tissue.{module}")
    before = getattr(place, name)
    setattr(place, name, type(before)(before * factor))
    try:
        yield
    finally:
        setattr(place, name, before)


@contextmanager
def cavity_multiplied(folder: Path, factor: float) -> Iterator[None]:
    """Derive the atlas's outline anew, with a ball of another size."""
    maker = runpy.run_path(str(resource_path("atlas", "make_icbm152.py")))
    maker["make_regions"].__globals__["CAVITY"] *= factor
    outline = maker["make_regions"](maker["read_maps"](folder))["outline"]
    priors = icbm152().priors
    before = priors[..., OUTLINE].copy()
    priors[..., OUTLINE] = maker["halved"](outline).astype(np.float32)
    try:
        yield
    finally:
        priors[..., OUTLINE] = before
