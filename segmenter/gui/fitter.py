"""Keeps the regions in step with the recipe: fits on a thread, remembers results."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from segmenter.gui.results import ResultCache
from segmenter.gui.worker import Runner
from segmenter.work import Progress

if TYPE_CHECKING:
    from segmenter.em.selection import Candidate
    from segmenter.gui.jobs import Segmented
    from segmenter.gui.preview import LiveStep
    from segmenter.images.image import Image
    from segmenter.segment.labels import Label
    from segmenter.segment.recipe import Reading, RegionsRecipe
    from segmenter.session.document import Document
    from segmenter.session.history import History


class RegionsFitter(QObject):
    """Finds the regions of a document as its recipe says; the latest recipe wins.

    Signals
    -------
    stepped(LiveStep)
        The running fit can show something.
    found(Segmented or None)
        A new result is there; with it comes the one before.
    abandoned()
        A fit was given up, since the result on screen holds again.
    refused(SegmenterError)
        Why the recipe could not be carried out.
    crashed(Exception)
        A work met a bug.
    """

    stepped = Signal(object)
    found = Signal(object)
    abandoned = Signal()
    refused = Signal(object)
    crashed = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.result: Segmented | None = None
        self._results = ResultCache()
        self._cuttable: dict[Reading, Segmented] = {}
        self._labels: tuple[object, tuple[Label, ...]] = (None, ())
        self._fitting: RegionsRecipe | None = None
        self._selected: tuple[Image, RegionsRecipe, tuple[Candidate, ...]] | None = None
        self.runner = Runner("fit", self)
        self.runner.progressed.connect(self._on_progress)
        self.runner.succeeded.connect(self._take)
        self.runner.failed.connect(self.refused)
        self.runner.crashed.connect(self.crashed)

    @property
    def runners(self) -> tuple[Runner, ...]:
        """What it works with."""
        return (self.runner,)

    @property
    def has_result(self) -> bool:
        """Whether regions are on screen."""
        return self.result is not None

    def open_image(self, image: Image) -> None:
        """Begin with another image, without a result."""
        self.runner.cancel()
        self.result = None
        self._cuttable.clear()
        self._results.clear()

    def holds_for(self, document: Document | None) -> bool:
        """Tell whether the result on screen is that of a document."""
        return (
            document is not None
            and self.result is not None
            and self.result.regions.recipe == document.recipe
        )

    def candidates_for(self, document: Document | None) -> tuple[Candidate, ...]:
        """Return what was tried to find the number of regions, while it holds for a document."""
        if self._selected is None or document is None:
            return ()
        image, recipe, candidates = self._selected
        present = replace(document.recipe, n_regions=recipe.n_regions, smoothness=recipe.smoothness)
        return candidates if image is document.image and present == recipe else ()

    def follow(self, document: Document) -> None:
        """Fit what a document asks for, unless that is on screen or being done."""
        if self.holds_for(document):
            self.cancel()
            return
        kept = self._kept(document.recipe)
        if kept is not None:
            self.runner.cancel()
            self._take(kept)
        elif not (self.runner.is_busy and self._fitting == document.recipe):
            from segmenter.gui.jobs import segment_steps

            self._fitting = document.recipe
            previous = self._cuttable.get(document.recipe.reading, self.result)
            self.runner.start(segment_steps(document, previous))

    def labels_of(self, document: Document) -> tuple[Label, ...]:
        """Return the labels of the result in order of value, as a document has them."""
        if self.result is None:
            return ()
        made_of = document.labels, self.result.regions
        if self._labels[0] != made_of:  # many ask at each move of a slider
            from segmenter.session.labeling import labels_of

            self._labels = made_of, labels_of(document, self.result.regions)
        return self._labels[1]

    def relabeled(self, document: Document, label: Label) -> Document:
        """Return a document in which a label of the result on screen is this one."""
        if self.result is None:
            return document
        from segmenter.session.labeling import with_label

        return with_label(document, label, self.result.regions)

    def shown_in(self, history: History) -> History:
        """Return the history at the recipe of the result on screen."""
        document = history.document
        if self.result is None or self.holds_for(document):
            return history
        return history.back_to(replace(document, recipe=self.result.regions.recipe))

    def cancel(self) -> bool:
        """Stop what runs; tell whether anything did."""
        if not self.runner.is_busy:
            return False
        self.runner.cancel()
        self.abandoned.emit()
        return True

    def _kept(self, recipe: RegionsRecipe) -> Segmented | None:
        """Return the result of a recipe if it is kept, or but a cut of one that is."""
        kept = self._results.find(recipe)
        if kept is None and recipe.reading in self._cuttable:
            kept = self._cuttable[recipe.reading].cut(recipe)
        return kept

    def _on_progress(self, progress: Progress) -> None:
        step: LiveStep | None = progress.partial  # type: ignore[assignment]  # its own kind
        if step is not None:
            self.stepped.emit(step)

    def _take(self, result: Segmented) -> None:
        before, self.result = self.result, result
        classes = result.classes
        if classes is None:
            self._cuttable[result.regions.recipe.reading] = result
            if result.objects is not None and result.objects.recipe.edits:
                self._results.keep(result)  # dividing takes a moment
        else:
            self._results.keep(result)
            if classes.selection is not None:
                self._selected = (classes.image, classes.recipe, classes.selection.candidates)
        self.found.emit(before)
