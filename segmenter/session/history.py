"""Undo and redo: the documents that were, the one that is, and those that were taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from segmenter.session.document import Document


@dataclass(frozen=True, slots=True)
class Step:
    """A document, and what the user did to arrive at it, in words for the Edit menu."""

    document: Document
    name: str


@dataclass(frozen=True, slots=True)
class History:
    """Every document of one image, in order; a value.

    Documents share their parts, so that keeping all of them costs little, and undo needs no
    inverse of any change.

    Attributes
    ----------
    present : Step
        What is on screen.
    past, future : tuple of Step
        What undo and redo return to, in the order of time.
    """

    present: Step
    past: tuple[Step, ...] = ()
    future: tuple[Step, ...] = ()

    @classmethod
    def begin(cls, document: Document) -> History:
        """Start a history with a first document, which cannot be undone."""
        return cls(Step(document, "Open"))

    @property
    def document(self) -> Document:
        """The document on screen."""
        return self.present.document

    def record(self, document: Document, name: str, *, continues: bool = False) -> History:
        """Return the history after a change; what had been undone is given up.

        Parameters
        ----------
        document : Document
            The document after the change. The same as the present one: nothing is recorded.
        name : str
            The change in words: "Change number of regions".
        continues : bool
            The change goes on with the one before (a slider still held): both undo as one.
        """
        if document == self.document:
            return self
        if continues and self.past and self.present.name == name and not self.future:
            return replace(self, present=Step(document, name))
        return History(Step(document, name), (*self.past, self.present))

    def amend(self, document: Document) -> History:
        """Return the history with the present document replaced, as if it had been so at once."""
        return replace(self, present=replace(self.present, document=document))

    def back_to(self, document: Document) -> History:
        """Return the history that shows a document again: undone, if it was the one before."""
        before = self.undo()
        if before.document == document:
            return before
        return self.record(document, "Return to the last result")

    def undo(self) -> History:
        """Return the history one step back; unchanged when there is no past."""
        if not self.past:
            return self
        return History(self.past[-1], self.past[:-1], (self.present, *self.future))

    def redo(self) -> History:
        """Return the history one step forward; unchanged when nothing was undone."""
        if not self.future:
            return self
        return History(self.future[0], (*self.past, self.present), self.future[1:])

    def nearest(self, is_wanted: Callable[[Document], bool]) -> History:
        """Return the history at the nearest step that is wanted; unchanged when there is none.

        Of two that are equally near it is the one that was undone.
        """
        back = forward = self
        while back.past or forward.future:
            back, forward = back.undo(), forward.redo()
            for each in (forward, back):
                if is_wanted(each.document):
                    return each
        return self

    @property
    def undo_name(self) -> str | None:
        """The change that undo takes back, or None."""
        return self.present.name if self.past else None

    @property
    def redo_name(self) -> str | None:
        """The change that redo makes again, or None."""
        return self.future[0].name if self.future else None


def resumed(documents: Sequence[Document]) -> History:
    """Return the history of a session: one step for each reading, the present one at the end."""
    history = History.begin(documents[0])
    for document in documents[1:]:
        history = history.record(document, f"Change to {document.recipe.reading.capitalize()}")
    return history
