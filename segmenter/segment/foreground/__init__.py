"""Foreground: an object cut out of its background by clicks, strokes or a box."""

from segmenter.segment.foreground.matte import Matte, matte_steps
from segmenter.segment.foreground.preparation import (
    Prepared,
    prepare_foreground,
    prepare_foreground_steps,
)
from segmenter.segment.foreground.result import Foreground
from segmenter.segment.foreground.segment import segment_foreground, segment_foreground_steps

__all__ = [
    "Foreground",
    "Matte",
    "Prepared",
    "matte_steps",
    "prepare_foreground",
    "prepare_foreground_steps",
    "segment_foreground",
    "segment_foreground_steps",
]
