"""What is remembered from one day to the next: window, theme, recent files, folders."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from segmenter.gui.look import Convention
from segmenter.gui.theme import Theme

MAX_RECENT = 8


class Settings:
    """Typed access to the settings of the user."""

    def __init__(self) -> None:
        self._store = QSettings()

    @property
    def theme(self) -> Theme:
        """Light, dark, or as the system."""
        stored = self._store.value("theme", Theme.SYSTEM.value, str)
        return Theme(stored) if stored in {theme.value for theme in Theme} else Theme.SYSTEM

    @theme.setter
    def theme(self, theme: Theme) -> None:
        self._store.setValue("theme", theme.value)

    @property
    def convention(self) -> Convention:
        """From where the planes of volumes are seen."""
        stored = self._store.value("convention", Convention.RADIOLOGICAL.value, str)
        return next((each for each in Convention if each.value == stored), Convention.RADIOLOGICAL)

    @convention.setter
    def convention(self, convention: Convention) -> None:
        self._store.setValue("convention", convention.value)

    @property
    def geometry(self) -> QByteArray:
        """Where the window was, empty at the first start."""
        stored = self._store.value("geometry")
        return stored if isinstance(stored, QByteArray) else QByteArray()

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self._store.setValue("geometry", geometry)

    @property
    def recent_files(self) -> list[Path]:
        """Files opened before that are still there, the latest first."""
        return [path for path in self._recent() if path.is_file()]

    def add_recent(self, path: Path) -> None:
        """Remember that a file was opened."""
        others = [each for each in self._recent() if each != path.resolve()]
        kept = [path.resolve(), *others][:MAX_RECENT]
        self._store.setValue("recent", [str(each) for each in kept])

    @property
    def open_folder(self) -> str:
        """Where images were last opened."""
        return str(self._store.value("open_folder", str(Path.home()), str))

    @open_folder.setter
    def open_folder(self, folder: str) -> None:
        self._store.setValue("open_folder", folder)

    @property
    def export_folder(self) -> str:
        """The folder that was chosen for masks; empty while they go beside each image."""
        return str(self._store.value("masks_folder", "", str))

    @export_folder.setter
    def export_folder(self, folder: str) -> None:
        self._store.setValue("masks_folder", folder)

    @property
    def hover(self) -> bool:
        """Whether what a click would select is shown under the pointer."""
        return bool(self._store.value("hover", True, bool))

    @hover.setter
    def hover(self, on: bool) -> None:
        self._store.setValue("hover", on)

    def _recent(self) -> list[Path]:
        stored = self._store.value("recent")
        if isinstance(stored, str):  # Qt stores a list of one as the one
            return [Path(stored)]
        return [Path(each) for each in stored] if isinstance(stored, list) else []
