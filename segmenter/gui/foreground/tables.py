"""Colors in which objects are painted over the image."""

from __future__ import annotations

from dataclasses import replace

from segmenter.gui.canvas.tables import label_table
from segmenter.gui.look import Look
from segmenter.segment.labels import Color
from segmenter.session.objects import MarkedObject, Objects

OUTLINE_COLOR = Color(255, 255, 255)
SHADE = 0xFF000000
TINT = 0x48
"""Black on the background and, where there are several, an object's color on it; the layer's
opacity makes it a shade."""


def area_table(objects: Objects, look: Look) -> list[int]:
    """Shade the background; tint the objects where there are several."""
    table = [SHADE] * 256
    for each in objects:
        if look.paints(each.label):
            color = each.label.color
            tint = TINT << 24 | color.red << 16 | color.green << 8 | color.blue
            table[each.value] = tint if has_several(objects) else 0
    return table


def outline_table(objects: Objects, look: Look, active: MarkedObject) -> list[int]:
    """Outline the object that is edited in white and the others in their colors."""
    painted = [each for each in objects if look.paints(each.label)]
    return label_table(
        replace(each.label, color=OUTLINE_COLOR) if each.value == active.value else each.label
        for each in painted
    )


def has_several(objects: Objects) -> bool:
    """Tell whether more than one object is marked."""
    return sum(bool(each.marks) for each in objects) > 1
