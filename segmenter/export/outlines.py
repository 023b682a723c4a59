"""Outlines of labels as GeoJSON, which drawing, map and microscopy programs read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from segmenter.export.atomic import write_atomically
from segmenter.segment.labels import Label
from segmenter.segment.polygons import Corners, Polygon


def write_outlines(
    path: str | PathLike[str], polygons: Sequence[Polygon], labels: Sequence[Label]
) -> Path:
    """Write polygons as a GeoJSON feature collection (RFC 7946), a feature for each piece.

    Coordinates are pixels from the top left corner of the image, y downwards; pixel (0, 0) reaches
    from (0, 0) to (1, 1). Rings run as the standard asks, counted with y upwards.

    Parameters
    ----------
    path : str or path
        The file; folders are made.
    polygons : sequence of Polygon
    labels : sequence of Label
        One for each value, from 1.

    Raises
    ------
    WriteError
        If it cannot be written; an older file then stays as it was.
    """
    target = Path(path)
    features = [_feature(polygon, labels[polygon.label - 1]) for polygon in polygons]
    document = {"type": "FeatureCollection", "features": features}
    write_atomically(target, json.dumps(document).encode())
    return target


def _feature(polygon: Polygon, label: Label) -> dict[str, Any]:
    rings = [_ring(corners) for corners in (polygon.outer, *polygon.holes)]
    return {
        "type": "Feature",
        "properties": {
            "label": label.value,
            "name": label.name,
            "color": list(label.color),
            "area": polygon.area,
        },
        "geometry": {"type": "Polygon", "coordinates": rings},
    }


def _ring(corners: Corners) -> list[list[int]]:
    """Close a ring. On screen y runs downwards: what is clockwise there, is not where y is up."""
    closed: list[list[int]] = np.concatenate([corners, corners[:1]]).tolist()
    return closed
