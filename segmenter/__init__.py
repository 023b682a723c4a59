"""Segment images with Gaussian mixtures: the public interface.

Names are imported when they are first used, so that `import segmenter` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from segmenter.em.fit import Fit, fit_mixture
    from segmenter.em.mixture import GaussianMixture
    from segmenter.em.selection import Selection, select_components
    from segmenter.errors import SegmenterError
    from segmenter.images.image import Image
    from segmenter.images.read import read_image
    from segmenter.segment.foreground import Foreground, segment_foreground
    from segmenter.segment.regions import Regions, segment_regions
    from segmenter.segment.tissue.recipe import TissueRecipe
    from segmenter.segment.tissue.result import Tissue
    from segmenter.segment.tissue.segment import segment_tissue

_HOMES = {
    "Fit": "segmenter.em.fit",
    "fit_mixture": "segmenter.em.fit",
    "GaussianMixture": "segmenter.em.mixture",
    "Selection": "segmenter.em.selection",
    "select_components": "segmenter.em.selection",
    "SegmenterError": "segmenter.errors",
    "Foreground": "segmenter.segment.foreground",
    "Image": "segmenter.images.image",
    "read_image": "segmenter.images.read",
    "Regions": "segmenter.segment.regions",
    "segment_foreground": "segmenter.segment.foreground",
    "segment_regions": "segmenter.segment.regions",
    "TissueRecipe": "segmenter.segment.tissue.recipe",
    "Tissue": "segmenter.segment.tissue.result",
    "segment_tissue": "segmenter.segment.tissue.segment",
}

__version__ = "0.1.0"

__all__ = [
    "Fit",
    "Foreground",
    "GaussianMixture",
    "Image",
    "Regions",
    "SegmenterError",
    "Selection",
    "Tissue",
    "TissueRecipe",
    "__version__",
    "fit_mixture",
    "read_image",
    "segment_foreground",
    "segment_regions",
    "segment_tissue",
    "select_components",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
