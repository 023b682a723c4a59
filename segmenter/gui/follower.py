"""What the jobs have in common: each keeps its result in step with the document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from segmenter.gui.worker import Runner
    from segmenter.images.image import Image
    from segmenter.session.document import Document
    from segmenter.session.history import History


class Follower(Protocol):
    """Works on one job; the latest document wins, and what is on screen stays until then."""

    @property
    def runners(self) -> tuple[Runner, ...]:
        """What it works with, each on a thread of its own."""

    @property
    def has_result(self) -> bool:
        """Whether there is anything of the job on screen."""

    def open_image(self, image: Image) -> None:
        """Begin with another image, without a result."""

    def follow(self, document: Document) -> None:
        """Bring the result to where a document is, unless it is there or being done."""

    def holds_for(self, document: Document | None) -> bool:
        """Tell whether what is on screen is that of a document."""

    def shown_in(self, history: History) -> History:
        """Return the history at the document that gave what is on screen."""

    def cancel(self) -> bool:
        """Stop what runs; what is on screen stays. Tell whether a result was given up."""
