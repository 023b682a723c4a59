"""What the user does to objects; each is one step of undo."""

from __future__ import annotations

from dataclasses import replace

from segmenter.errors import ParameterError
from segmenter.gui.workspace import Workspace
from segmenter.segment.labels import Label
from segmenter.session.marks import Click, Lasso, Mark, Marks, Stroke
from segmenter.session.objects import (
    Objects,
    found_object,
    moved_object,
    with_marks,
    with_new_object,
    with_object,
    without_object,
)


def set_marks(workspace: Workspace, marks: Marks, name: str) -> None:
    """Change what is marked of the object that is edited.

    Parameters
    ----------
    workspace : Workspace
    marks : Marks
        All there are.
    name : str
        The change in words, for undo.
    """
    if workspace.active is not None:
        objects = with_marks(_objects(workspace), workspace.active.value, marks)
        workspace.set_objects(objects, name)


def add_mark(workspace: Workspace, mark: Mark) -> str:
    """Work a mark into the object that is edited; return why not, where there is nothing seen."""
    document, active = workspace.document, workspace.active
    if document is None or active is None:
        return ""
    if isinstance(mark, Click) and mark.is_object:
        from segmenter.segment.foreground.guidance import check_seen

        try:
            check_seen(document.image, [mark.point])
        except ParameterError as error:
            return str(error)
    set_marks(workspace, active.marks.with_mark(mark), mark_name(mark))
    return ""


def mark_name(mark: Mark) -> str:
    """Say what drawing a mark is, for undo."""
    if isinstance(mark, Lasso):
        return "Draw Lasso"
    if isinstance(mark, tuple):
        return "Draw Box"
    what = "Click" if isinstance(mark, Click) else "Stroke"
    return f"{what} on {'Object' if mark.is_object else 'Background'}"


def refine_edge(workspace: Workspace, stroke: Stroke) -> None:
    """Paint where the outline of the object that is edited is soft, or where it is not."""
    if workspace.active is not None:
        active = workspace.active
        changed = replace(active, edge=(*active.edge, stroke))
        name = "Refine Edge" if stroke.is_object else "Take Back Refined Edge"
        workspace.set_objects(with_object(_objects(workspace), changed), name)


def add_object(workspace: Workspace) -> None:
    """Begin another object, on top of those there are, and edit it."""
    if workspace.document is not None:
        objects, value = with_new_object(workspace.document.objects)
        workspace.set_objects(objects, "New Object")
        workspace.set_look(selected=value)


def delete_object(workspace: Workspace, value: int) -> None:
    """Take an object away; the one that takes its place in the list is edited."""
    objects = _objects(workspace)
    name = found_object(objects, value).label.name
    place = [each.value for each in objects].index(value)
    left = without_object(objects, value)
    workspace.set_objects(left, f"Delete {name}")
    if workspace.active is not None and workspace.look.selected == value:
        workspace.set_look(selected=left[min(place, len(left) - 1)].value)


def move_object(workspace: Workspace, value: int, place: int) -> None:
    """Move an object to a place from the top, 0 the uppermost."""
    objects = _objects(workspace)
    name = found_object(objects, value).label.name
    workspace.set_objects(moved_object(objects, value, place), f"Move {name}")


def set_object_label(workspace: Workspace, label: Label, name: str) -> None:
    """Change the name, color or visibility of an object."""
    changed = replace(found_object(_objects(workspace), label.value), label=label)
    workspace.set_objects(with_object(_objects(workspace), changed), name)


def _objects(workspace: Workspace) -> Objects:
    return () if workspace.document is None else workspace.document.objects
