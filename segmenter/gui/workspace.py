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
from segmenter.gui.look import (
    Job,
    Look,
    View,
    changed_job,
    first_looks,
    followed_look,
    job_named,
    jobs_of,
    views_of,
)
from segmenter.gui.opening import Opening
from segmenter.gui.volume.fitter import TissueFitter
from segmenter.session.history import History, resumed
from segmenter.session.objects import MarkedObject, Objects, changed_object, found_object

if TYPE_CHECKING:
    from pathlib import Path

    from segmenter.em.selection import Candidate
    from segmenter.gui.follower import Follower
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
    gave_up()
        A work was cancelled, refused or met a bug: what it was to give will not come.
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
    gave_up = Signal()
    stopped = Signal()
    crashed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.history: History | None = None
        self.session_path: Path | None = None
        self.job = Job.REGIONS
        self.reading: Reading = "regions"
        self._looks = first_looks()
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
        self._followers: dict[Job, Follower] = {
            Job.REGIONS: self.fitter,
            Job.FOREGROUND: self.cutter,
            Job.TISSUE: self.tissue,
        }

    @property
    def look(self) -> Look:
        """How the canvas shows the job on screen."""
        return self._looks[self.job]

    @property
    def views(self) -> tuple[View, ...]:
        """The views there are of the job on screen."""
        document = self.document
        reading = self.reading if document is None else document.recipe.reading
        is_volume = document is not None and document.image.is_volume
        return views_of(self.job, reading, is_volume=is_volume)

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
        works = (runner for each in self._followers.values() for runner in each.runners)
        return (self.opening.runner, *works)

    @property
    def labels(self) -> tuple[Label, ...]:
        """The labels of the regions, or of the tissues, on screen in order of value."""
        return self.labels_of(self.job)

    def labels_of(self, job: Job) -> tuple[Label, ...]:
        """The labels of the regions, or of the tissues, whether or not they are on screen."""
        labeled = self.tissue if job is Job.TISSUE else self.fitter
        return () if self.document is None else labeled.labels_of(self.document)

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
    def is_settled(self) -> bool:
        """Whether the job on screen shows what the document asks for."""
        return self._followers[self.job].holds_for(self.document)

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
        self.reading = reading
        if self.history is not None:
            from segmenter.session.reading import read_as

            document = read_as(self.history, reading)
            self._record(document, f"Change to {reading.capitalize()}")

    def set_label(self, label: Label, name: str) -> None:
        """Change the name, color or visibility of a label of the result on screen."""
        if self.document is not None:
            labeled = self.tissue if self.job is Job.TISSUE else self.fitter
            self._record(labeled.relabeled(self.document, label), name)

    def set_objects(self, objects: Objects, name: str) -> None:
        """Change the objects that are cut out: what was said of them, their looks, their order."""
        self.change(name, objects=objects)

    def change(self, name: str, *, continues: bool = False, **changes: Any) -> None:
        """Change fields of the document; the other parameters are those of `set_recipe`."""
        if self.document is not None:
            self._record(replace(self.document, **changes), name, continues=continues)

    def set_job(self, job: Job) -> None:
        """Put another job on screen; what was done in the one before stays.

        What is being fitted to a volume is given up, since it would take the cores from what is
        wanted now; it is taken up again when its job comes back.
        """
        if job is not self.job:
            if self.document is not None and self.document.image.is_volume:
                self._followers[self.job].cancel()
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
        for follower in self._followers.values():
            if follower.cancel():
                self._return_to_shown(follower)
                if not follower.has_result:
                    self.stopped.emit()

    def refit(self) -> None:
        """Carry out the recipe again, after it was cancelled before there was a result."""
        self._work_on_job()

    def _on_opened(self, opened: Opened) -> None:
        """Go over to another image: first all that is here, then who listens is told."""
        for follower in self._followers.values():
            follower.open_image(opened.image)
        before = self.document
        path = opened.image.source.path
        same_file = before is not None and path is not None and before.image.source.path == path
        self.history = self._first_history(opened, before if same_file else None)
        self.session_path = opened.session_path
        for job in Job:
            self._change_look(job, selected=1, solo=None)
        if opened.session is not None:
            self._change_look(Job.FOREGROUND, selected=opened.session.selected)
        self.job = self._first_job(opened, before)
        self._looks[self.job] = self._offered_look
        self.about_to_open.emit()
        self.opened.emit(opened.picture, same_file)
        self.job_changed.emit()
        self.look_changed.emit()
        self.segmented.emit()
        self.document_changed.emit()
        self._work_on_job()

    def _first_history(self, opened: Opened, page: Document | None) -> History:
        """Return the history of a session, or a new one; another page is worked on like it."""
        from segmenter.segment.recipe import RegionsRecipe
        from segmenter.session.document import Document

        if opened.session is not None:
            history = resumed(opened.session.documents)
            self.reading = history.document.recipe.reading
            return history
        no_objects = opened.image.is_volume and self.reading == "objects"
        reading: Reading = "regions" if no_objects else self.reading
        document = Document(opened.image, RegionsRecipe(reading=reading))
        if page is not None:
            document = replace(document, recipe=page.recipe, tissue=page.tissue)
        return History.begin(document)

    def _first_job(self, opened: Opened, before: Document | None) -> Job:
        """Return the job of a session, or the one on screen if it suits the image as well."""
        jobs = jobs_of(opened.image)
        if opened.session is not None:
            return job_named(opened.session.job, opened.image)
        was_volume = before is not None and before.image.is_volume
        is_alike = opened.image.is_volume == was_volume
        return self.job if is_alike and self.job in jobs else jobs[0]

    def _record(self, document: Document, name: str, *, continues: bool = False) -> None:
        if self.history is not None:
            self._show_history(self.history.record(document, name, continues=continues))

    def _show_history(self, history: History) -> None:
        self.history = history
        self._follow_objects(history.document.objects)
        self._set_look(self._offered_look)
        self.document_changed.emit()
        self._work_on_job()

    @property
    def _offered_look(self) -> Look:
        """The look on screen, with labels, or objects, for a view that is not to be had."""
        is_offered = self.look.view in self.views
        return self.look if is_offered else replace(self.look, view=self.views[1])

    def _follow_objects(self, objects: Objects) -> None:
        """Let no object be alone on screen that is not there any more."""
        if self._looks[Job.FOREGROUND].solo not in [each.value for each in objects]:
            self._change_look(Job.FOREGROUND, solo=None)

    def _travel(self, history: History) -> None:
        """Show another time, and the job in which it differs from the present."""
        before, after = self.document, history.document
        if before is None or before == after:
            return
        value = changed_object(before.objects, after.objects)
        if value is not None:
            self._change_look(Job.FOREGROUND, selected=value)
        self.set_job(changed_job(before, after))
        self._show_history(history)

    def _show_job(self, job: Job) -> None:
        self.job = job
        self._looks[job] = self._offered_look
        self.job_changed.emit()
        self.look_changed.emit()

    def _work_on_job(self) -> None:
        """Bring the result of the job on screen to where the document is."""
        if self.document is not None:
            self._followers[self.job].follow(self.document)

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
        from segmenter.session.labeling import carried

        earlier = None if before is None else before.regions
        if self.history is not None:
            document = carried(self.history.document, earlier, found.regions)
            self.history = self.history.amend(document)
        from segmenter.gui.parts.edits import edited_label

        look = followed_look(self._looks[Job.REGIONS], earlier, found.regions)
        edited = edited_label(before, found)
        self._looks[Job.REGIONS] = look if edited is None else replace(look, selected=edited)

    def _on_refused(self, error: SegmenterError) -> None:
        self._return_to_shown(self._followers[self.job])
        self.recipe_refused.emit(error)

    def _on_crashed(self, error: Exception) -> None:
        self._return_to_shown(self._followers[self.job])
        self.crashed.emit(error)

    def _return_to_shown(self, follower: Follower) -> None:
        """Go to the document that gave what is on screen, if anything is."""
        self.gave_up.emit()
        self.segmented.emit()
        if self.history is not None and follower.has_result:
            self._travel(follower.shown_in(self.history))

    def _change_look(self, job: Job, **changes: Any) -> None:
        self._looks[job] = replace(self._looks[job], **changes)
        self.cutter.pick(self._looks[Job.FOREGROUND].selected)

    def _set_look(self, look: Look) -> None:
        if look != self.look:
            self._looks[self.job] = look
            self.cutter.pick(self._looks[Job.FOREGROUND].selected)
            self.look_changed.emit()
