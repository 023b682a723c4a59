"""What is open in the window, and the only place that changes it.

Views listen to its signals and read its state; they never tell each other anything. The state:
a history of documents, the results of the present one (the old ones until the new are there), which
job is on screen, and how the canvas shows it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from segmenter.errors import ParameterError, SegmenterError
from segmenter.gui.fitter import RegionsFitter
from segmenter.gui.foreground.cutter import ObjectCutter
from segmenter.gui.look import Job, Look, View, jobs_of
from segmenter.gui.opening import Opening
from segmenter.gui.volume.fitter import TissueFitter
from segmenter.session.history import History
from segmenter.session.objects import (
    MarkedObject,
    Objects,
    asked_of,
    changed_object,
    found_object,
)

if TYPE_CHECKING:
    from segmenter.em.selection import Candidate
    from segmenter.gui.jobs import Opened, Segmented
    from segmenter.gui.worker import Runner
    from segmenter.segment.labels import Label
    from segmenter.segment.recipe import Reading, RegionsRecipe
    from segmenter.session.document import Document


class Workspace(QObject):
    """The open document, its result and the works on it.

    Signals
    -------
    about_to_open()
        Another image has been read; who shows images gets ready.
    opened(Levels or tuple of Tones, bool)
        Another image is open: its picture or, of a volume, how its values spread; and whether it
        is another page of the same file.
    document_changed()
        Recipe, labels or history changed.
    stepped(LiveStep)
        The running fit can show something.
    segmented()
        A new result is there, or none any more.
    look_changed()
        The canvas is to show it differently.
    job_changed()
        Another job is on screen.
    recipe_refused(SegmenterError)
        Why the recipe could not be carried out.
    stopped()
        A fit was cancelled before there was any result.
    crashed(Exception)
        A work met a bug.
    """

    about_to_open = Signal()
    opened = Signal(object, bool)
    document_changed = Signal()
    stepped = Signal(object)
    segmented = Signal()
    look_changed = Signal()
    job_changed = Signal()
    recipe_refused = Signal(object)
    stopped = Signal()
    crashed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.history: History | None = None
        self.job = Job.REGIONS
        self.reading: Reading = "regions"
        self._labels: tuple[object, tuple[Label, ...]] = (None, ())
        self._looks = {
            Job.REGIONS: Look(),
            Job.FOREGROUND: Look(view=View.OBJECT),
            Job.TISSUE: Look(),
        }
        self.opening = Opening(self)
        self.opening.opened.connect(self._on_opened)
        self.opening.runner.crashed.connect(self.crashed)
        self.fitter = RegionsFitter(self)
        self.fitter.stepped.connect(self.stepped)
        self.fitter.found.connect(self._on_found)
        self.fitter.abandoned.connect(self.segmented)
        self.fitter.refused.connect(self._on_refused)
        self.fitter.crashed.connect(self._on_crashed)
        self.cutter = ObjectCutter(self)
        self.cutter.crashed.connect(self.crashed)
        self.tissue = TissueFitter(self)
        self.tissue.refused.connect(self._on_refused)
        self.tissue.crashed.connect(self._on_crashed)

    @property
    def look(self) -> Look:
        """How the canvas shows the job on screen."""
        return self._looks[self.job]

    @property
    def document(self) -> Document | None:
        """The document on screen."""
        return None if self.history is None else self.history.document

    @property
    def result(self) -> Segmented | None:
        """The regions on screen."""
        return self.fitter.result

    @property
    def is_busy(self) -> bool:
        """Whether an image is being opened or worked on."""
        return any(runner.is_busy for runner in self.runners)

    @property
    def runners(self) -> tuple[Runner, ...]:
        """What works on the document, each on a thread of its own."""
        fits = (self.fitter.runner, self.cutter.runner, self.tissue.runner)
        return (self.opening.runner, *fits, self.cutter.views, self.tissue.views)

    @property
    def labels(self) -> tuple[Label, ...]:
        """The labels of the result on screen, in order of value."""
        if self.job is Job.TISSUE:
            return self.tissue.labels
        if self.document is None or self.result is None:
            return ()
        made_of = self.document.labels, self.result.regions
        if self._labels[0] != made_of:  # many ask at each move of a slider
            from segmenter.session.labeling import labels_of

            self._labels = made_of, labels_of(self.document, self.result.regions)
        return self._labels[1]

    @property
    def active(self) -> MarkedObject | None:
        """The object that is edited."""
        if self.document is None:
            return None
        return found_object(self.document.objects, self._looks[Job.FOREGROUND].selected)

    @property
    def result_is_current(self) -> bool:
        """Whether the result on screen is that of the document on screen."""
        return self.fitter.holds_for(self.document)

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """What was tried to find the number of regions, while it still holds for the document."""
        return self.fitter.candidates_for(self.document)

    def set_recipe(self, name: str, *, continues: bool = False, **changes: Any) -> None:
        """Change the recipe and carry it out.

        Parameters
        ----------
        name : str
            The change in words, for undo.
        continues : bool
            It goes on with the change before (a slider still held).
        **changes
            Fields of `RegionsRecipe`.
        """
        if self.document is None:
            return
        try:
            recipe: RegionsRecipe = replace(self.document.recipe, **changes)
        except ParameterError as error:
            self.recipe_refused.emit(error)
            self.document_changed.emit()  # the field shows again what holds
            return
        self._record(replace(self.document, recipe=recipe), name, continues=continues)

    def set_reading(self, reading: Reading) -> None:
        """Read the image in another way, with the settings last used for it."""
        document = self.document
        self.reading = reading
        if self.history is None or document is None or document.recipe.reading == reading:
            return
        from segmenter.segment.recipe import RegionsRecipe

        before = self.history.nearest(lambda each: each.recipe.reading == reading).document
        if before.recipe.reading == reading:
            labels = {"labels": before.labels, "labels_recipe": before.labels_recipe}
            document = replace(document, recipe=before.recipe, **labels)  # type: ignore[arg-type]  # fields
        else:
            recipe = RegionsRecipe(reading=reading, seed=document.recipe.seed)
            document = replace(document, recipe=recipe)
        self._record(document, f"Change to {reading.capitalize()}")

    def set_label(self, label: Label, name: str) -> None:
        """Change the name, color or visibility of a label of the result on screen."""
        if self.document is not None and self.result is not None:
            from segmenter.session.labeling import with_label

            self._record(with_label(self.document, label, self.result.regions), name)

    def set_objects(self, objects: Objects, name: str) -> None:
        """Change the objects that are cut out: what was said of them, their looks, their order."""
        self.change(name, objects=objects)

    def change(self, name: str, *, continues: bool = False, **changes: Any) -> None:
        """Change fields of the document; the other parameters are those of `set_recipe`."""
        if self.document is not None:
            self._record(replace(self.document, **changes), name, continues=continues)

    def set_job(self, job: Job) -> None:
        """Put another job on screen; what was done in the one before stays."""
        if job is not self.job:
            self._show_job(job)
            self._work_on_job()

    def undo(self) -> None:
        """Go one step back."""
        if self.history is not None:
            self._travel(self.history.undo())

    def redo(self) -> None:
        """Go one step forward."""
        if self.history is not None:
            self._travel(self.history.redo())

    def set_look(self, **changes: Any) -> None:
        """Change how the canvas shows the result; fields of `Look`."""
        self._set_look(replace(self.look, **changes))

    def set_opacity(self, opacity: float) -> None:
        """Change the opacity of the present view, 0..1."""
        self._set_look(self.look.with_opacity(opacity))

    def cancel(self) -> None:
        """Stop opening or working; the document is again as it was before."""
        self.opening.runner.cancel()
        self.cutter.views.cancel()
        if self.cutter.runner.is_busy:
            self.cutter.cancel()
            self._return_to_scene()
        self.tissue.views.cancel()
        if self.fitter.runner.is_busy or self.tissue.runner.is_busy:
            self.fitter.runner.cancel()
            self.tissue.cancel()
            self._return_to_result()
            if self.result is None and self.tissue.result is None:
                self.stopped.emit()

    def _return_to_scene(self) -> None:
        """Go to the step of the history whose objects are on screen."""
        shown = self.cutter.shown
        if self.history is not None and asked_of(self.history.document.objects) != shown:
            self._travel(self.history.nearest(lambda each: asked_of(each.objects) == shown))

    def refit(self) -> None:
        """Carry out the recipe again, after it was cancelled before there was a result."""
        self._work_on_job()

    def _on_opened(self, opened: Opened) -> None:
        from segmenter.segment.recipe import RegionsRecipe
        from segmenter.session.document import Document

        before = self.document
        path = opened.image.source.path
        same_file = before is not None and path is not None and before.image.source.path == path
        document = Document(opened.image, RegionsRecipe(reading=self.reading))
        if before is not None and same_file:
            document = replace(document, recipe=before.recipe, tissue=before.tissue)
        self.history = History.begin(document)
        self.fitter.open_image()
        self.tissue.open_image()
        for job in Job:
            self._change_look(job, selected=1, solo=None)
        if self.job not in jobs_of(opened.image):
            self._show_job(jobs_of(opened.image)[0])
        self.about_to_open.emit()
        self.cutter.open_image(opened.image)
        self.opened.emit(opened.picture, same_file)
        self.segmented.emit()
        self.document_changed.emit()
        self._work_on_job()

    def _record(self, document: Document, name: str, *, continues: bool = False) -> None:
        if self.history is not None:
            self._show_history(self.history.record(document, name, continues=continues))

    def _show_history(self, history: History) -> None:
        self.history = history
        self.document_changed.emit()
        self._work_on_job()

    def _travel(self, history: History) -> None:
        """Show another time, and the job in which it differs from the present."""
        before, after = self.document, history.document
        if before is None or before == after:
            return
        is_same = before.objects == after.objects
        value = changed_object(before.objects, after.objects)
        if value is not None:
            self._change_look(Job.FOREGROUND, selected=value)
        if not after.image.is_volume:
            self.set_job(Job.REGIONS if is_same else Job.FOREGROUND)
        self._show_history(history)

    def _show_job(self, job: Job) -> None:
        self.job = job
        self.job_changed.emit()
        self.look_changed.emit()

    def _work_on_job(self) -> None:
        """Bring the result of the job on screen to where the document is."""
        if self.document is None:
            return
        if self.job is Job.TISSUE:
            self.tissue.follow(self.document)
            return
        self._follow_objects()
        if self.job is Job.FOREGROUND:
            self.cutter.prepare()
        else:
            self.fitter.follow(self.document)

    def _follow_objects(self) -> None:
        """Let the objects be cut out as the document says, and the picked one be edited."""
        if self.document is not None and self.active is not None:
            values = [each.value for each in self.document.objects]
            if self._looks[Job.FOREGROUND].solo not in values:
                self._change_look(Job.FOREGROUND, solo=None)
            self.cutter.follow(self.document.objects, self.active.value)

    def _on_found(self, before: Segmented | None) -> None:
        """Show a new result of the regions, and the labels that follow from the one before."""
        document = self.document
        if self.history is not None and self.result is not None:
            self._follow_labels(before, self.result)
        self.segmented.emit()
        if self.document is not document:
            self.document_changed.emit()

    def _follow_labels(self, before: Segmented | None, found: Segmented) -> None:
        """Let names, and what is selected, follow their regions into a new result."""
        from segmenter.session.labeling import carried, followed_label

        earlier = None if before is None else before.regions
        if self.history is not None:
            document = carried(self.history.document, earlier, found.regions)
            self.history = self.history.amend(document)
        look = self._looks[Job.REGIONS]
        selected = followed_label(look.selected, earlier, found.regions)
        solo = None if look.solo is None else followed_label(look.solo, earlier, found.regions)
        if selected is None:
            selected = min(look.selected, found.regions.n_labels)
        self._change_look(Job.REGIONS, selected=selected, solo=solo, chosen=frozenset())

    def _on_refused(self, error: SegmenterError) -> None:
        self._return_to_result()
        self.recipe_refused.emit(error)

    def _on_crashed(self, error: Exception) -> None:
        self._return_to_result()
        self.crashed.emit(error)

    def _return_to_result(self) -> None:
        """Go back to the recipe of the result on screen, if there is one."""
        document = self._document_of_result()
        if self.history is None or document is None or document == self.document:
            self.segmented.emit()
            return
        self.history = self.history.back_to(document)
        self.segmented.emit()
        self.document_changed.emit()
        self._work_on_job()

    def _document_of_result(self) -> Document | None:
        """Return the document as it would be if the result on screen were what it asks for."""
        document, shown = self.document, self.tissue.result
        if document is not None and self.job is Job.TISSUE and shown is not None:
            return document.with_tissue_inputs(shown.inputs)
        if document is not None and self.result is not None:
            return replace(document, recipe=self.result.regions.recipe)
        return document

    def _change_look(self, job: Job, **changes: Any) -> None:
        self._looks[job] = replace(self._looks[job], **changes)

    def _set_look(self, look: Look) -> None:
        if look != self.look:
            is_other = look.selected != self.look.selected
            self._looks[self.job] = look
            if is_other and self.job is Job.FOREGROUND:
                self._follow_objects()
            self.look_changed.emit()
