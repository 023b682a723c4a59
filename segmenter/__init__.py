"""Segment images with Gaussian mixtures: the public interface.

Names are imported when they are first used, so that `import segmenter` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from segmenter.em.document import mixture_from_json, mixture_to_json
    from segmenter.em.estimator import MixtureEstimator
    from segmenter.em.fit import Fit, fit_mixture
    from segmenter.em.matching import match_components
    from segmenter.em.merging import merge_by_entropy
    from segmenter.em.mixture import GaussianMixture
    from segmenter.em.selection import Selection, select_components
    from segmenter.em.stream import fit_blocks
    from segmenter.em.tails import tail_probabilities
    from segmenter.errors import SegmenterError
    from segmenter.images.channels import stack_channels
    from segmenter.images.image import Image
    from segmenter.images.read import list_series, read_image
    from segmenter.images.slice import slice_of
    from segmenter.segment.foreground import Foreground, segment_foreground
    from segmenter.segment.foreground.solid.result import Solid
    from segmenter.segment.objects.objects import segment_objects
    from segmenter.segment.objects.picked import Objects
    from segmenter.segment.parts import Parts, cut_parts
    from segmenter.segment.regions import Regions, segment_regions
    from segmenter.segment.tissue.recipe import TissueRecipe
    from segmenter.segment.tissue.result import Tissue
    from segmenter.segment.tissue.segment import segment_tissue

_HOMES = {
    "mixture_from_json": "segmenter.em.document",
    "mixture_to_json": "segmenter.em.document",
    "MixtureEstimator": "segmenter.em.estimator",
    "Fit": "segmenter.em.fit",
    "fit_mixture": "segmenter.em.fit",
    "match_components": "segmenter.em.matching",
    "merge_by_entropy": "segmenter.em.merging",
    "GaussianMixture": "segmenter.em.mixture",
    "Selection": "segmenter.em.selection",
    "select_components": "segmenter.em.selection",
    "fit_blocks": "segmenter.em.stream",
    "tail_probabilities": "segmenter.em.tails",
    "SegmenterError": "segmenter.errors",
    "Foreground": "segmenter.segment.foreground",
    "stack_channels": "segmenter.images.channels",
    "Image": "segmenter.images.image",
    "list_series": "segmenter.images.read",
    "read_image": "segmenter.images.read",
    "slice_of": "segmenter.images.slice",
    "Solid": "segmenter.segment.foreground.solid.result",
    "Objects": "segmenter.segment.objects.picked",
    "segment_objects": "segmenter.segment.objects.objects",
    "Parts": "segmenter.segment.parts",
    "cut_parts": "segmenter.segment.parts",
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
    "MixtureEstimator",
    "Objects",
    "Parts",
    "Regions",
    "SegmenterError",
    "Selection",
    "Solid",
    "Tissue",
    "TissueRecipe",
    "__version__",
    "cut_parts",
    "fit_blocks",
    "fit_mixture",
    "list_series",
    "match_components",
    "merge_by_entropy",
    "mixture_from_json",
    "mixture_to_json",
    "read_image",
    "segment_foreground",
    "segment_objects",
    "segment_regions",
    "segment_tissue",
    "select_components",
    "slice_of",
    "stack_channels",
    "tail_probabilities",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """List the public names, so that they are completed before they are imported."""
    return list(__all__)
