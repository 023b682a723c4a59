"""The panel of the Foreground job: what to do, the brush, and the colors of both mixtures."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSlider, QWidget

from segmenter.gui import layouts
from segmenter.gui.controls import name_control
from segmenter.gui.coupling import couple
from segmenter.gui.foreground.palettes import Swatch
from segmenter.gui.foreground.tool import BRUSHES, MarkingTool
from segmenter.gui.look import Way
from segmenter.gui.message_bar import FieldMessage
from segmenter.gui.pixel_words import amount_text, share_text
from segmenter.gui.plain_label import PlainLabel
from segmenter.gui.swatch import OUTLINE, swatch
from segmenter.gui.volume.marking import SolidMarking
from segmenter.gui.workspace import Workspace

FIRST_STEPS = {
    Way.CLICK: "Click the object; the right button takes away.",
    Way.BRUSH: "Brush over the object; the right button takes away.",
    Way.BOX: "Draw a box around the object.",
    Way.LASSO: "Draw a line around the object.",
    Way.EDGE: "Cut an object out first; then paint along its soft outline.",
}
NEXT_STEPS = {
    Way.CLICK: "Click what is missing; right-click what is too much.",
    Way.BRUSH: "Brush over what is missing; with the right button over what is too much.",
    Way.BOX: "Another box takes the place of this one; clicks mend.",
    Way.LASSO: "Another line takes the place of this one; clicks mend.",
    Way.EDGE: "Paint along hair, fur or blur; the right button takes back. See the cut-out.",
}
SWAPPED = " The buttons are swapped."
GUESSED = (
    " Most of its outline is a guess: on both sides all is of the same color. Brush with both"
    " buttons to say where it ends."
)


class ObjectPanel(QWidget):
    """Says what to do next and what was found; has the size of the brush."""

    def __init__(self, tool: MarkingTool | SolidMarking, workspace: Workspace) -> None:
        super().__init__()
        self._tool, self._workspace = tool, workspace
        self.sentence = PlainLabel(wordWrap=True)
        self.share = PlainLabel(wordWrap=True)
        self.share.setObjectName("faint")
        self.message = FieldMessage()
        self._brush = QSlider(Qt.Orientation.Horizontal)
        name_control(self._brush, "Brush size", f"Width of the brush in {tool.unit} ([ and ])")
        self._brush_text = QLabel(alignment=_RIGHT)
        self._brush_text.setMinimumWidth(
            self._brush_text.fontMetrics().horizontalAdvance(f"9999 {tool.unit}")
        )
        column = layouts.column(self, margins=(16, 4, 16, 12))
        for part in (self.sentence, self.share, self.message):
            column.addWidget(part)
        column.addLayout(self._build_brush())
        self._connect()

    def _build_brush(self) -> QGridLayout:
        rows = layouts.grid()
        self._brush_parts = (QLabel("Brush"), self._brush, self._brush_text)
        for column, part in enumerate(self._brush_parts):
            rows.addWidget(part, 0, column)
        rows.setColumnStretch(1, 1)
        return rows

    def _connect(self) -> None:
        cutter = self._workspace.cutter
        couple(self._brush, self._brush.valueChanged,
               lambda value: self._tool.set_brush_width(float(value)),
               self._tool.changed, self._show_brush)  # fmt: skip
        self._tool.changed.connect(self._say)
        self._workspace.document_changed.connect(self._say)
        cutter.changed.connect(self._say)
        self._say()

    def _show_brush(self) -> None:
        for part in self._brush_parts:
            part.setVisible(self._tool.way in BRUSHES)
        self._brush.setRange(1, round(self._tool.largest_brush))
        self._brush.setValue(round(self._tool.brush_width))
        self._brush_text.setText(f"{self._tool.brush_width:.0f} {self._tool.unit}")

    def _say(self) -> None:
        cutter, active = self._workspace.cutter, self._workspace.active
        document, scene = self._workspace.document, cutter.scene
        self.message.show_message(str(cutter.refusal or self._tool.refusal))
        share = None
        if scene is not None and active is not None:
            share = scene.shares.get(active.value)
        steps = FIRST_STEPS if share is None else NEXT_STEPS
        self.sentence.setText(steps[self._tool.way] + SWAPPED * self._tool.is_swapped)
        self.share.setVisible(share is not None)
        if share is not None and active is not None and document is not None:
            who = "The object" if len(document.objects) == 1 else active.label.name
            amount = amount_text(document.image, share)
            whole = "volume" if document.image.is_volume else "image"
            of_whole = f" of the {whole}" if "%" in amount else ""
            guess = GUESSED if cutter.cut is not None and cutter.cut.is_guess else ""
            self.share.setText(f"{who} covers {amount}{of_whole}.{guess}")


class ColorsPanel(QWidget):
    """The mixtures of object and background: a bar of their colors, and what can be read."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self.object = PaletteView("Object")
        self.background = PaletteView("Background")
        column = layouts.column(self, spacing=16, margins=(16, 4, 16, 16))
        column.addWidget(self.object)
        column.addWidget(self.background)
        workspace.cutter.changed.connect(self._show)

    def _show(self) -> None:
        cut = self._workspace.cutter.cut
        if cut is not None:
            self.object.show_swatches(cut.object_colors)
            self.background.show_swatches(cut.background_colors)


class PaletteView(QWidget):
    """One mixture."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.bar = _Bar()
        self.bar.setAccessibleName(f"Colors of the {title.lower()} by weight")
        self._list = layouts.grid(down=4)
        self._list.setColumnStretch(2, 1)
        self._cells: list[tuple[QLabel, QLabel, QLabel]] = []
        column = layouts.column(self)
        column.addWidget(QLabel(title))
        column.addWidget(self.bar)
        column.addLayout(self._list)

    def show_swatches(self, swatches: tuple[Swatch, ...]) -> None:
        """Show the components, the largest first."""
        self.bar.show_swatches(swatches)
        while len(self._cells) < len(swatches):
            self._add_cells()
        for index, cells in enumerate(self._cells):
            for cell in cells:
                cell.setVisible(index < len(swatches))
        for (color, weight, words), shown in zip(self._cells, swatches, strict=False):
            color.setPixmap(swatch(shown.color).pixmap(QSize(16, 16)))
            weight.setText(share_text(shown.weight))
            words.setText(shown.words)

    def _add_cells(self) -> None:
        color, weight, words = QLabel(), QLabel(alignment=_RIGHT), QLabel()
        weight.setMinimumWidth(weight.fontMetrics().horizontalAdvance("100.0 %"))
        words.setObjectName("faint")
        words.setToolTip("Mean color in CIELAB and standard deviation, or the mean value")
        row = len(self._cells)
        for column, cell in enumerate((color, weight, words)):
            self._list.addWidget(cell, row, column)
        self._cells.append((color, weight, words))


class _Bar(QWidget):
    """Colors side by side, as wide as their weights."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(20)
        self._swatches: tuple[Swatch, ...] = ()

    def show_swatches(self, swatches: tuple[Swatch, ...]) -> None:
        self._swatches = swatches
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()), 4, 4)
        painter.setClipPath(outline)
        total = sum(each.weight for each in self._swatches) or 1.0
        left = 0.0
        for each in self._swatches:
            width = self.width() * each.weight / total
            painter.fillRect(QRectF(left, 0, width + 1, self.height()), QColor(*each.color))
            left += width
        painter.setClipping(False)
        painter.setPen(OUTLINE)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.end()


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
