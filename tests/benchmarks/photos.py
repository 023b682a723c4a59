"""Photos with a known object, as the benchmarks of the foreground read them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from PIL import Image as Picture
from robots import Truth

from segmenter.images.image import Image


@dataclass(frozen=True)
class Photo:
    """A photo of a folder with ``images/``, ``gt/`` and, for some, ``boxes/``."""

    folder: Path
    name: str

    @cached_property
    def image(self) -> Image:
        path = next(self.folder.glob(f"images/{self.name}.*"))
        return Image(np.array(Picture.open(path).convert("RGB")), "rgb")

    @cached_property
    def truth(self) -> Truth:
        picture = Picture.open(self.folder / "gt" / f"{self.name}.png").convert("L")
        return Truth.of(np.array(picture))

    @cached_property
    def box(self) -> tuple[int, int, int, int] | None:
        path = self.folder / "boxes" / f"{self.name}.txt"
        if not path.exists():
            return None
        x0, y0, x1, y1 = map(int, path.read_text().split())
        return x0, y0, x1, y1

    @property
    def tight_box(self) -> tuple[int, int, int, int]:
        """The box that comes with the photo, or else the one around the object."""
        if self.box is not None:
            return self.box
        rows, columns = np.nonzero(self.truth.object)
        return int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max())

    @property
    def group(self) -> str:
        """The GrabCut photos are those that come with a box."""
        return "VGG" if self.box is None else "GrabCut"


def photos_of(folder: Path) -> list[Photo]:
    """All photos of a folder, by name."""
    return [Photo(folder, path.stem) for path in sorted(folder.glob("gt/*.png"))]
