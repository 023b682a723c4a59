"""The samples of the empty window: which ones, and their thumbnails."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter, QPainterPath

from segmenter.images.samples import Sample, list_samples
from segmenter.work import Progress, Work

SHOWN = ("astronaut", "coffee", "rocket")
_ROUNDING = 6


def shown_samples() -> tuple[Sample, ...]:
    """Return the samples shown in the empty window, those that are installed."""
    by_name = {sample.name: sample for sample in list_samples()}
    return tuple(by_name[name] for name in SHOWN if name in by_name)


def file_title(path: Path) -> str:
    """Name a file that was opened: a sample by its title, whose place is the program's own."""
    titles = {sample.path.resolve(): sample.title for sample in list_samples()}
    title = titles.get(path.resolve())
    return path.name if title is None else f"Sample: {title}"


def is_sample(path: Path) -> bool:
    """Tell whether a file is a sample, beside which nothing of the user's is to be put."""
    return path.resolve() in {sample.path.resolve() for sample in list_samples()}


def load_thumbnails(paths: Iterable[Path], size: QSize) -> Work[dict[Path, QImage]]:
    """Make a thumbnail of each picture."""
    thumbnails = {}
    for path in paths:
        yield Progress("Loading samples")
        thumbnails[path] = _thumbnail(path, size)
    return thumbnails


def _thumbnail(path: Path, size: QSize) -> QImage:
    """Scale a picture so that it fills the size, cut its edges, and round its corners."""
    reader = QImageReader(str(path))
    double = size * 2  # sharp on screens of double density too
    reader.setScaledSize(
        reader.size().scaled(double, Qt.AspectRatioMode.KeepAspectRatioByExpanding)
    )
    picture = reader.read()
    place = QRect(0, 0, double.width(), double.height())
    spare = picture.size() - double
    place.moveTopLeft(QPoint(spare.width() // 2, spare.height() // 5))  # faces are high up
    rounded = QImage(double, QImage.Format.Format_ARGB32_Premultiplied)
    rounded.fill(Qt.GlobalColor.transparent)
    painter = QPainter(rounded)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    outline = QPainterPath()
    outline.addRoundedRect(rounded.rect(), 2 * _ROUNDING, 2 * _ROUNDING)
    painter.setClipPath(outline)
    painter.drawImage(rounded.rect(), picture, place)
    painter.end()
    return rounded
