"""Keeps the tissues in step with the document: fits on a thread, remembers results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from segmenter.gui.look import View
from segmenter.gui.worker import Runner
from segmenter.session.labeling import tissue_labels_of, with_tissue_label
from segmenter.work import Progress, Work

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from segmenter.gui.volume.corrected import CorrectedMap
    from segmenter.gui.volume.steps import ComputedView, TissueShown
    from segmenter.images.image import Image
    from segmenter.segment.labels import Label
    from segmenter.session.corrections import BrushStroke
    from segmenter.session.document import Document, TissueInputs
    from segmenter.session.history import History

KEPT_RESULTS = 3
"""Results that are kept, so that undo and redo show at once what was there."""

ComputedKey = tuple[View, int]
"""A view that takes a while, and its label; 0 where it is the same for all."""


def computed_key(view: View, label: int) -> ComputedKey:
    """Return under which key a view is kept while a label is picked."""
    return view, label if view is View.FRACTION else 0


class TissueFitter(QObject):
    """Tells the tissues of a volume apart as its document says; the latest inputs win.

    `computed` holds what views of the result on screen show, by view and label, 0 for all labels.

    Signals
    -------
    stepped(ndarray)
        The running fit has a label map to show.
    found()
        Another result is on screen, or none any more.
    painted()
        Corrections have changed the labels or the mask of the brain.
    abandoned()
        A fit was given up; the result on screen holds again, if there is one.
    refused(SegmenterError)
        Why the inputs could not be carried out.
    crashed(Exception)
        A work met a bug.
    """

    stepped = Signal(object)
    found = Signal()
    painted = Signal()
    abandoned = Signal()
    refused = Signal(object)
    crashed = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.result: TissueShown | None = None
        self.computed: dict[ComputedKey, ComputedView] = {}
        self._document: Document | None = None
        self._found: dict[str, NDArray[np.uint8]] = {}  # by atlas, which helps to find brains
        self._kept: dict[TissueInputs, TissueShown] = {}
        self._fitting: TissueInputs | None = None
        self.runner = Runner("tissue", self)
        self.runner.progressed.connect(self._on_progress)
        self.runner.succeeded.connect(self._take)
        self.runner.failed.connect(self.refused)
        self.runner.crashed.connect(self.crashed)
        self.views = Runner("tissue views", self)
        self.views.crashed.connect(self.crashed)

    @property
    def label_map(self) -> CorrectedMap | None:
        """The labels on screen, with corrections."""
        return None if self.result is None else self.result.label_map

    @property
    def brain_map(self) -> CorrectedMap | None:
        """The mask of the brain on screen, 1 inside, with corrections."""
        return None if self.result is None else self.result.brain_map

    @property
    def runners(self) -> tuple[Runner, ...]:
        """What it works with."""
        return (self.runner, self.views)

    @property
    def has_result(self) -> bool:
        """Whether tissues are on screen."""
        return self.result is not None

    def labels_of(self, document: Document) -> tuple[Label, ...]:
        """Return the tissues of the result in order of value, as a document has them."""
        return () if self.result is None else tissue_labels_of(document, self.result.tissue.names)

    def relabeled(self, document: Document, label: Label) -> Document:
        """Return a document in which a tissue of the result on screen has this label."""
        if self.result is None:
            return document
        return with_tissue_label(document, label, self.result.tissue.names)

    def open_image(self, image: Image) -> None:
        """Begin with another volume, without a result."""
        self.runner.cancel()
        self.views.cancel()
        self._kept, self._found, self.result, self.computed = {}, {}, None, {}
        self.found.emit()

    def holds_for(self, document: Document | None) -> bool:
        """Tell whether the result on screen is that of a document."""
        return (
            document is not None
            and self.result is not None
            and self.result.inputs == document.tissue_inputs
        )

    def follow(self, document: Document) -> None:
        """Fit what a document asks for, unless it is there or being done; paint its strokes."""
        self._document, inputs = document, document.tissue_inputs
        if self.holds_for(document):
            self._give_up()
        elif inputs in self._kept:
            self.runner.cancel()
            self._take(self._kept[inputs])
        elif not (self.runner.is_busy and self._fitting == inputs):
            self._fitting = inputs
            found = self._found.get(inputs.recipe.atlas)
            self.runner.start(_fit(document, found, self.result))
        self._paint(document.strokes)

    def follow_draft(self, stroke: BrushStroke | None) -> None:
        """Paint a stroke that is still being drawn; None goes back to those of the document."""
        if self._document is not None:
            drafted = () if stroke is None else (stroke,)
            self._paint((*self._document.strokes, *drafted))

    def shown_in(self, history: History) -> History:
        """Return the history at the inputs of the result on screen."""
        document = history.document
        if self.result is None or self.holds_for(document):
            return history
        before = history.undo()
        if before.document.tissue_inputs == self.result.inputs:
            return before
        return history.back_to(document.with_tissue_inputs(self.result.inputs))

    def cancel(self) -> bool:
        """Stop what runs; what is on screen stays. Tell whether a fit was given up."""
        self.views.cancel()
        return self._give_up()

    def _give_up(self) -> bool:
        if not self.runner.is_busy:
            return False
        self.runner.cancel()
        self.abandoned.emit()
        return True

    def _on_progress(self, progress: Progress) -> None:
        shape = getattr(progress.partial, "shape", None)  # other steps have no picture
        if shape is not None and self._document is not None and shape == self._document.image.grid:
            self.stepped.emit(progress.partial)

    def _take(self, result: TissueShown) -> None:
        self._kept.pop(result.inputs, None)
        while len(self._kept) >= KEPT_RESULTS:
            self._kept.pop(next(iter(self._kept)))
        if result is not self.result:
            self.views.cancel()
            self.computed = {}
        self._kept[result.inputs] = self.result = result
        if result.inputs.brain == "found":
            self._found[result.inputs.recipe.atlas] = result.brain
        if self._document is not None:
            self._paint(self._document.strokes)
        self.found.emit()

    def _paint(self, strokes: tuple[BrushStroke, ...]) -> None:
        for target, painted in (("labels", self.label_map), ("brain", self.brain_map)):
            if painted is not None:
                painted.follow([stroke for stroke in strokes if stroke.target == target])
        self.painted.emit()


def _fit(
    document: Document, found: NDArray[np.uint8] | None, previous: TissueShown | None
) -> Work[TissueShown]:
    """Segment, with imports on the thread."""
    yield Progress("Starting")
    from segmenter.gui.volume.steps import tissue_steps

    return (yield from tissue_steps(document, found, previous))
