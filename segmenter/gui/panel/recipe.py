"""The recipe as the panel reads and changes it: the color feature and those beside it."""

from __future__ import annotations

from typing import Any

from segmenter.gui.workspace import Workspace
from segmenter.images.feature_names import FeatureName
from segmenter.segment.recipe import RegionsRecipe

MAX_TYPED = 9999
"""More than a recipe allows, so that it is the recipe that says so, and no digit is swallowed."""

BASES: tuple[FeatureName, ...] = ("lab", "rgb", "intensity")
"""Features of the color alone; one of them is always used."""

EXTRAS: tuple[FeatureName, ...] = ("local_mean", "local_deviation", "gradient", "position")
"""Features of the place and its neighborhood, which may be used beside it."""


def recipe_of(workspace: Workspace) -> RegionsRecipe:
    """Return the recipe on screen; that of a new document while there is none."""
    return RegionsRecipe() if workspace.document is None else workspace.document.recipe


def change_recipe(
    workspace: Workspace, what: str, *, continues: bool = False, **changes: Any
) -> None:
    """Change the recipe; `what` is changed in words, for undo."""
    workspace.set_recipe(f"Change {what}", continues=continues, **changes)


def bases_of(workspace: Workspace) -> tuple[FeatureName, ...]:
    """Return the features of the color that the image has; the default is the first."""
    document = workspace.document
    is_color = document is not None and document.image.color_space == "rgb"
    return BASES if is_color else ("intensity",)


def base_feature(workspace: Workspace) -> FeatureName:
    """Return the feature of the color in use: the one chosen, or the default."""
    chosen = [name for name in recipe_of(workspace).features if name in BASES]
    return chosen[0] if chosen else bases_of(workspace)[0]


def choose_features(
    workspace: Workspace, base: FeatureName, extras: tuple[FeatureName, ...]
) -> None:
    """Choose features; the default alone is written as none, so that it fits any image."""
    is_default = base == bases_of(workspace)[0] and not extras
    change_recipe(workspace, "features", features=() if is_default else (base, *extras))
