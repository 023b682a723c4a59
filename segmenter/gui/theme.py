"""Light and dark: the colors of the window, given to Qt as a palette and a style sheet."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import Enum
from string import Template

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from segmenter.shipped import resource_path

CANVAS_GRAY = "#777777"
"""The ground under images in both themes: neutral, L* 50, so that colors are judged right."""


class Theme(Enum):
    """What the user has chosen; the system's own choice unless said otherwise."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Colors:
    """Every color of the window besides the image's own.

    Borders of controls stand out by 3:1 from what is around and in them (WCAG 2.2, 1.4.11).
    """

    window: str
    panel: str
    field: str
    hover: str
    pressed: str
    border: str
    control_border: str
    text: str
    faint_text: str
    disabled_text: str
    accent: str
    on_accent: str
    selection: str
    error_ground: str
    error_text: str


LIGHT = Colors(
    window="#ededef",
    panel="#f7f7f8",
    field="#ffffff",
    hover="#e3e4e7",
    pressed="#d5d7db",
    border="#cfd1d6",
    control_border="#83878f",
    text="#1b1c1f",
    faint_text="#5a5e66",
    disabled_text="#a0a3aa",
    accent="#1f66c7",
    on_accent="#ffffff",
    selection="#dbe7f8",
    error_ground="#fbe6e3",
    error_text="#8c1d12",
)
DARK = Colors(
    window="#1f2023",
    panel="#27282c",
    field="#1a1b1d",
    hover="#34363b",
    pressed="#3f4147",
    border="#3d3f45",
    control_border="#70747d",
    text="#ececee",
    faint_text="#a3a7af",
    disabled_text="#6c7077",
    accent="#6ea8fe",
    on_accent="#0d1a2d",
    selection="#2a3d5a",
    error_ground="#4a2320",
    error_text="#ffc9c2",
)


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Dress the application, now and whenever the system turns light or dark.

    Parameters
    ----------
    app : QApplication
        The application.
    theme : Theme
        What the user has chosen.
    """
    hints = app.styleHints()
    if app.property(_CHOSEN) is None:
        app.setStyle(QStyleFactory.create("Fusion"))
        hints.colorSchemeChanged.connect(lambda: _dress(app))
    app.setProperty(_CHOSEN, theme.value)
    hints.setColorScheme(_SCHEMES[theme])
    _dress(app)


def current_colors() -> Colors:
    """Return the colors that are on screen."""
    ground = QApplication.palette().color(QPalette.ColorRole.Window)
    return DARK if ground == QColor(DARK.window) else LIGHT


_CHOSEN = "chosenTheme"
_SCHEMES = {
    Theme.SYSTEM: Qt.ColorScheme.Unknown,
    Theme.LIGHT: Qt.ColorScheme.Light,
    Theme.DARK: Qt.ColorScheme.Dark,
}


def _dress(app: QApplication) -> None:
    theme = Theme(app.property(_CHOSEN))
    scheme = app.styleHints().colorScheme() if theme is Theme.SYSTEM else _SCHEMES[theme]
    colors = DARK if scheme == Qt.ColorScheme.Dark else LIGHT
    if app.styleSheet() and current_colors() is colors:
        return
    app.setStyleSheet("")  # to polish anew what has a sheet takes six times as long
    app.setPalette(_palette(colors))
    style = Template(resource_path("style.qss").read_text(encoding="utf-8"))
    icons = resource_path("icons").as_posix()
    tone = "dark" if colors is DARK else "light"
    app.setStyleSheet(style.substitute(asdict(colors), icons=icons, tone=tone))


def _palette(colors: Colors) -> QPalette:
    roles = {
        QPalette.ColorRole.Window: colors.window,
        QPalette.ColorRole.WindowText: colors.text,
        QPalette.ColorRole.Base: colors.field,
        QPalette.ColorRole.AlternateBase: colors.panel,
        QPalette.ColorRole.Text: colors.text,
        QPalette.ColorRole.Button: colors.panel,
        QPalette.ColorRole.ButtonText: colors.text,
        QPalette.ColorRole.ToolTipBase: colors.panel,
        QPalette.ColorRole.ToolTipText: colors.text,
        QPalette.ColorRole.PlaceholderText: colors.faint_text,
        QPalette.ColorRole.Highlight: colors.accent,
        QPalette.ColorRole.HighlightedText: colors.on_accent,
        QPalette.ColorRole.Link: colors.accent,
        QPalette.ColorRole.Accent: colors.accent,
        QPalette.ColorRole.Mid: colors.border,
    }
    palette = QPalette()
    for role, color in roles.items():
        palette.setColor(role, QColor(color))
    for role in (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
    ):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colors.disabled_text))
    return palette
