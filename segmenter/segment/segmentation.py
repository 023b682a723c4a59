"""What an image can be read as: classes, connected regions, or like objects."""

from __future__ import annotations

from segmenter.segment.objects.picked import Objects
from segmenter.segment.parts import Parts
from segmenter.segment.regions import Regions

Segmentation = Regions | Parts | Objects
"""A result by the reading of its recipe; all have labels, their sizes and a label map."""
