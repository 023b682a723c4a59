"""Keeps the objects in step with their marks: prepares the image, cuts on a thread, remembers."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal

from segmenter.gui.worker import Runner
from segmenter.session.marks import Drafted, Marks
from segmenter.session.objects import FIRST_OBJECTS, Asked, Objects, asked_of, found_object
from segmenter.work import Progress, Work

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from segmenter.errors import SegmenterError
    from segmenter.gui.canvas.levels import Levels
    from segmenter.gui.foreground.drafts import Masks
    from segmenter.gui.foreground.scene import Scene
    from segmenter.gui.foreground.steps import ObjectCut, Ready, ReadySolid
    from segmenter.images.image import Image
    from segmenter.session.document import Document
    from segmenter.session.history import History

KEPT_CUTS = 8
"""Results that are kept beside those on screen, so that undo and redo show at once what was."""


class ObjectCutter(QObject):
    """Cuts objects out of an image as marks say; the latest marks win.

    Beside the runner that cuts there is one for views of the result that take a while.

    Signals
    -------
    changed()
        Other masks can be shown, or none any more, or another object is edited.
    ready_changed()
        The image is prepared for clicks, or another one is not yet.
    crashed(Exception)
        A work met a bug.
    """

    changed = Signal()
    ready_changed = Signal()
    crashed = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.scene: Scene | None = None
        self.coarse: Levels | NDArray[np.uint8] | None = None
        self.ready: Ready | ReadySolid | None = None
        self._image: Image | None = None
        self._objects: Objects = FIRST_OBJECTS
        self._picked = FIRST_OBJECTS[0].value
        self._draft: Drafted | None = None
        self._running: object = None
        self._kept: dict[Marks, ObjectCut] = {}
        self.views = Runner("object views", self)
        self.views.crashed.connect(self.crashed)
        self.runner = Runner("object", self)
        self.runner.progressed.connect(self._on_progress)
        self.runner.succeeded.connect(self._on_success)
        self.runner.failed.connect(self._on_crashed)
        self.runner.crashed.connect(self._on_crashed)

    @property
    def runners(self) -> tuple[Runner, ...]:
        """What it works with."""
        return (self.runner, self.views)

    @property
    def has_result(self) -> bool:
        """Whether it is known what is to be shown: that nothing is marked counts too."""
        return True

    @property
    def _active(self) -> int:
        """Value of the object that is edited."""
        return found_object(self._objects, self._picked).value

    @property
    def ready_picture(self) -> Ready | None:
        """The image prepared for clicks, if it is a picture."""
        is_picture = self._image is not None and not self._image.is_volume
        return cast("Ready | None", self.ready) if is_picture else None

    @property
    def ready_solid(self) -> ReadySolid | None:
        """The image prepared for clicks, if it is a volume."""
        is_volume = self._image is not None and self._image.is_volume
        return cast("ReadySolid | None", self.ready) if is_volume else None

    @property
    def cut(self) -> ObjectCut | None:
        """The object that is edited."""
        return None if self.scene is None else self.scene.cuts.get(self._active)

    @property
    def refusal(self) -> SegmenterError | None:
        """Why the marks of the object that is edited give none."""
        return None if self.scene is None else self.scene.refusals.get(self._active)

    @property
    def shown(self) -> Asked:
        """What the scene on screen was asked for."""
        return () if self.scene is None else self.scene.asked

    def open_image(self, image: Image) -> None:
        """Begin with another image, without marks."""
        self.runner.cancel()
        self._image, self.ready, self._draft = image, None, None
        self._objects, self._kept = FIRST_OBJECTS, {}
        self.ready_changed.emit()
        self._show(None)

    def prepare(self) -> None:
        """Do ahead what does not depend on marks."""
        if self._image is not None and self.ready is None and not self.runner.is_busy:
            self._start(None, _prepare(self._image))

    def follow(self, document: Document) -> None:
        """Cut objects out as their marks in a document say."""
        before = self._active
        self._objects, self._draft = document.objects, None
        self._bring()
        if self._active != before:
            self.changed.emit()
        self.prepare()

    def pick(self, value: int) -> None:
        """Edit the object of a value; the uppermost where there is none."""
        before = self._active
        self._picked = value
        if self._active != before:
            self.changed.emit()

    def holds_for(self, document: Document | None) -> bool:
        """Tell whether the objects on screen are those of a document."""
        return document is not None and asked_of(document.objects) == self.shown

    def shown_in(self, history: History) -> History:
        """Return the history at the nearest step whose objects are on screen."""
        if asked_of(history.document.objects) == self.shown:
            return history
        return history.nearest(lambda each: asked_of(each.objects) == self.shown)

    def follow_draft(self, mark: Drafted) -> None:
        """Show what a mark would give that is still being drawn.

        A draft waits for the one before, so that something is seen while the hand moves on.
        """
        self._draft = mark
        if not self.runner.is_busy:
            self._start_draft()

    def drop_draft(self) -> None:
        """Go back to the marks that were last followed."""
        if self._draft is not None:
            self._draft = None
            self._bring()

    def cancel(self) -> bool:
        """Stop what runs; what is on screen stays. Tell whether masks were given up."""
        self.views.cancel()
        if not self.runner.is_busy:
            return False
        self.runner.cancel()
        self._draft, self.coarse = None, None
        self.changed.emit()
        return True

    def _bring(self) -> None:
        """Show the scene of the marks: at once where it is there, else when it is."""
        asked = asked_of(self._objects)
        if asked == self.shown or not asked:
            if self.ready is not None:
                self.runner.cancel()
            self._show(self.scene if asked else None)
        elif self.ready is None:
            self.prepare()
        elif not (self.runner.is_busy and self._running == asked):
            self._start(asked, _cut_scene(self.ready, self._objects, self._known()))

    def _start(self, what: object, work: Work[object]) -> None:
        self._running = what
        self.runner.start(work)

    def _start_draft(self) -> None:
        if self.ready is None:
            self.prepare()
        elif self._draft is not None:
            marks = found_object(self._objects, self._active).marks
            before = self._known().get(marks)
            others = (
                {}
                if self.scene is None
                else {value: cut.mask for value, cut in self.scene.cuts.items()}
            )
            work = _preview(self.ready, before, self._draft, others, self._objects, self._active)
            self._start(self._draft, work)

    def _known(self) -> dict[Marks, ObjectCut]:
        """Return all cuts that are there, by their marks."""
        scene = () if self.scene is None else self.scene.cuts.values()
        return {**self._kept, **{cut.marks: cut for cut in scene}}

    def _on_progress(self, progress: Progress) -> None:
        if progress.partial is not None:
            self.coarse = progress.partial  # type: ignore[assignment]  # by its work
            self.changed.emit()

    def _on_success(self, result: Ready | ReadySolid | Scene | None) -> None:
        if self.ready is None:
            self.ready = result  # type: ignore[assignment]  # by its work
            self.ready_changed.emit()
        elif result is not None:
            self._show(result)  # type: ignore[arg-type]  # by its work
        if self._draft is None:
            self._bring()
        elif self._draft is not self._running:
            self._start_draft()

    def _show(self, scene: Scene | None) -> None:
        if self.scene is not None and scene is not self.scene:
            self._keep(self.scene)
        self.scene, self.coarse = scene, None
        self.changed.emit()

    def _keep(self, scene: Scene) -> None:
        for cut in scene.cuts.values():
            self._kept.pop(cut.marks, None)
            self._kept[cut.marks] = cut
        while len(self._kept) > KEPT_CUTS:
            self._kept.pop(next(iter(self._kept)))

    def _on_crashed(self, error: Exception) -> None:
        self._show(None)
        self.crashed.emit(error)


def _prepare(image: Image) -> Work[Ready | ReadySolid]:
    """Prepare an image, with imports on the thread."""
    yield Progress("Preparing for clicks")
    from segmenter.gui.foreground.steps import prepare_steps

    return (yield from prepare_steps(image))


def _cut_scene(
    ready: Ready | ReadySolid, objects: Objects, known: dict[Marks, ObjectCut]
) -> Work[Scene]:
    from segmenter.gui.foreground.scene import scene_steps

    return (yield from scene_steps(ready, objects, known))


def _preview(
    ready: Ready | ReadySolid,
    before: ObjectCut | None,
    mark: Drafted,
    others: Masks,
    objects: Objects,
    active: int,
) -> Work[None]:
    from segmenter.gui.foreground.drafts import draft_steps

    return (yield from draft_steps(ready, before, mark, others, objects, active))
