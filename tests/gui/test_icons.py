"""Line icons in the color of the theme."""

from PySide6.QtCore import QSize

from segmenter.gui.controls import tool_button
from segmenter.gui.icons import icon


def test_an_icon_has_the_size_that_is_asked_for(qapp):
    assert icon("open").pixmap(QSize(24, 16)).size() == QSize(24, 16)


def test_a_button_without_room_for_its_icon_is_painted_without_a_word(qtbot, qtlog):
    button = tool_button("Open", icon=icon("open"))
    qtbot.addWidget(button)
    button.setStyleSheet("QToolButton { padding: 4px; }")
    for size in (QSize(8, 30), QSize(30, 8), QSize(2, 2)):
        button.resize(size)
        button.grab()
    assert icon("open").pixmap(QSize(0, 16)).isNull()
    assert [each.message for each in qtlog.records if "ainter" in each.message] == []
