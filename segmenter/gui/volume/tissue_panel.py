"""The settings of the Tissue job: contrast, brain and smoothness; the rare ones folded."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QLabel, QWidget

from segmenter.errors import ParameterError, SegmenterError
from segmenter.gui import layouts
from segmenter.gui.controls import name_control, percent_slider, spin_box
from segmenter.gui.coupling import couple
from segmenter.gui.message_bar import FieldMessage
from segmenter.gui.panel.section import Section
from segmenter.gui.volume.mask_file import read_mask_steps
from segmenter.gui.worker import Runner
from segmenter.gui.workspace import Workspace
from segmenter.segment.tissue.recipe import MOST_TISSUES, TissueRecipe
from segmenter.session.brain import GivenMask

CONTRASTS = {"auto": "Recognized", "T1": "T1", "T2": "T2", "PD": "PD"}
BRAINS = {"found": "Found", "whole": "Whole volume"}
FROM_FILE = "From a file…"
ATLASES = {"icbm152": "ICBM 152", "none": "None"}
SULCAL = {"csf": "CSF", "gm": "Gray matter (IBSR)"}


class TissuePanel(QWidget):
    """Shows the tissue recipe and the brain, and changes them."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self.contrast = _box("Contrast", "How bright the tissues are in the scan", CONTRASTS)
        self.brain = QComboBox()
        name_control(self.brain, "Brain", "Which voxels are brain")
        self.smoothness = percent_slider("Smoothness", "How much the neighbors of a voxel count")
        self._smoothness_text = QLabel(alignment=_RIGHT)
        self._smoothness_text.setMinimumWidth(32)
        self._is_held = False
        self.message = FieldMessage()
        self.rare = RareTissueSettings(workspace)
        self.masks = Runner("brain mask", self)
        self.masks.succeeded.connect(lambda mask: workspace.change("Change brain", brain=mask))
        self.masks.failed.connect(lambda error: self.message.show_message(str(error)))
        self.masks.crashed.connect(workspace.crashed)
        self._lay_out()
        self._couple()

    def choose_mask(self) -> None:
        """Ask for a file of a brain mask, and take it."""
        path, _ = QFileDialog.getOpenFileName(self, "Open a Brain Mask")
        if path:
            self.open_mask(path)

    def open_mask(self, path: str) -> None:
        """Take the brain from a file."""
        document = self._workspace.document
        if document is not None:
            self.message.show_message("")
            self.masks.start(read_mask_steps(path, document.image))

    def _lay_out(self) -> None:
        rows = layouts.form()
        layouts.add_row(rows, "Contrast", self.contrast, self.contrast)
        layouts.add_row(rows, "Brain", self.brain, self.brain)
        rows.addWidget(self.message, rows.rowCount(), 1)
        smooth = layouts.row()
        smooth.addWidget(self.smoothness, 1)
        smooth.addWidget(self._smoothness_text)
        layouts.add_row(rows, "Smoothness", smooth, self.smoothness)
        column = layouts.column(self, spacing=0, margins=(0, 0, 0, 8))
        column.addLayout(rows)
        column.addWidget(Section("More", self.rare, is_open=False, is_part=True))

    def _couple(self) -> None:
        workspace = self._workspace
        changed = workspace.document_changed
        couple(self.contrast, self.contrast.activated,
               lambda index: change_tissue(workspace, "contrast",
                                           contrast=self.contrast.itemData(index)),
               changed, lambda: _show(self.contrast, tissue_of(workspace).contrast))  # fmt: skip
        couple(self.brain, self.brain.activated, self._choose_brain, changed, self._show_brain)
        couple(self.smoothness, self.smoothness.valueChanged, self._set_smoothness,
               changed, self._show_smoothness)  # fmt: skip
        self.smoothness.sliderReleased.connect(self._release)
        workspace.recipe_refused.connect(self._show_refused)
        workspace.tissue.runner.busy_changed.connect(self._clear_message)
        workspace.opened.connect(lambda *_: self.message.show_message(""))

    def _choose_brain(self, index: int) -> None:
        brain = self.brain.itemData(index)
        if brain is not None:
            self._workspace.change("Change brain", brain=brain)
            return
        self._show_brain()
        self.choose_mask()

    def _show_brain(self) -> None:
        document = self._workspace.document
        brain = "found" if document is None else document.brain
        self.brain.clear()
        for value, title in BRAINS.items():
            self.brain.addItem(title, value)
        if isinstance(brain, GivenMask):
            self.brain.addItem(brain.name, brain)
        self.brain.addItem(FROM_FILE, None)
        self.brain.setCurrentIndex(2 if isinstance(brain, GivenMask) else list(BRAINS).index(brain))

    def _set_smoothness(self, value: int) -> None:
        continues, self._is_held = self._is_held, self.smoothness.isSliderDown()
        change_tissue(self._workspace, "smoothness", continues=continues, smoothness=value / 100)

    def _release(self) -> None:
        self._is_held = False

    def _show_smoothness(self) -> None:
        smoothness = tissue_of(self._workspace).smoothness
        self.smoothness.setValue(round(100 * smoothness))
        self._smoothness_text.setText("Off" if smoothness == 0 else f"{smoothness:.2f}")

    def _show_refused(self, error: SegmenterError) -> None:
        """Say it beside the field, once there is a result; before, it is said over the planes."""
        if self._workspace.tissue.result is not None:
            self.message.show_message(str(error))

    def _clear_message(self, is_busy: bool) -> None:
        if is_busy:
            self.message.show_message("")


class RareTissueSettings(QWidget):
    """What is known beforehand, the bias field, and how fluid in the folds is read."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self.atlas = _box("Atlas", "What is known of where tissues lie", ATLASES)
        self.n_tissues = spin_box("Number of tissues", 1, MOST_TISSUES)
        self.bias = QCheckBox("Correct the bias field")
        self.bias.setToolTip("Take out the slow change of brightness across the scan")
        self.sulcal = _box("Sulcal CSF", "What fluid outside the ventricles counts as", SULCAL)
        rows = layouts.form()
        self.setLayout(rows)
        layouts.add_row(rows, "Atlas", self.atlas, self.atlas)
        self._n_title = layouts.add_row(rows, "Tissues", self.n_tissues, self.n_tissues)
        layouts.add_row(rows, "Sulcal CSF", self.sulcal, self.sulcal)
        rows.addWidget(self.bias, rows.rowCount(), 1)
        self._couple()

    def _couple(self) -> None:
        workspace, changed = self._workspace, self._workspace.document_changed
        couple(self.atlas, self.atlas.activated, self._choose_atlas,
               changed, self._show_atlas)  # fmt: skip
        couple(self.n_tissues, self.n_tissues.valueChanged,
               lambda value: change_tissue(workspace, "number of tissues", n_tissues=value),
               changed,
               lambda: self.n_tissues.setValue(tissue_of(workspace).n_tissues))  # fmt: skip
        couple(self.sulcal, self.sulcal.activated,
               lambda index: change_tissue(workspace, "sulcal CSF",
                                           sulcal_csf=self.sulcal.itemData(index)),
               changed, lambda: _show(self.sulcal, tissue_of(workspace).sulcal_csf))  # fmt: skip
        couple(self.bias, self.bias.toggled,
               lambda on: change_tissue(workspace, "bias field", bias=on),
               changed, lambda: self.bias.setChecked(tissue_of(workspace).bias))  # fmt: skip

    def _choose_atlas(self, index: int) -> None:
        atlas = self.atlas.itemData(index)
        n_tissues = tissue_of(self._workspace).n_tissues if atlas == "none" else 3
        change_tissue(self._workspace, "atlas", atlas=atlas, n_tissues=n_tissues)

    def _show_atlas(self) -> None:
        """Show the atlas; only without one is there a choice of the number."""
        atlas = tissue_of(self._workspace).atlas
        _show(self.atlas, atlas)
        for part in (self.n_tissues, self._n_title):
            part.setVisible(atlas == "none")
        self.sulcal.setEnabled(atlas != "none")


def tissue_of(workspace: Workspace) -> TissueRecipe:
    """Return the recipe on screen; that of a new document while there is none."""
    return TissueRecipe() if workspace.document is None else workspace.document.tissue


def change_tissue(
    workspace: Workspace, what: str, *, continues: bool = False, **changes: Any
) -> None:
    """Change the recipe; `what` is changed in words, for undo."""
    document = workspace.document
    if document is None:
        return
    try:
        recipe = replace(document.tissue, **changes)
    except ParameterError as error:
        workspace.recipe_refused.emit(error)
        return
    labels = document.with_tissue(recipe).tissue_labels
    workspace.change(f"Change {what}", continues=continues, tissue=recipe, tissue_labels=labels)


def _box(name: str, tip: str, choices: dict[str, str]) -> QComboBox:
    box = QComboBox()
    name_control(box, name, tip)
    for value, title in choices.items():
        box.addItem(title, value)
    return box


def _show(box: QComboBox, value: str) -> None:
    box.setCurrentIndex(box.findData(value))


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
