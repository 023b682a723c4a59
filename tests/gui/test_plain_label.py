"""Labels for words that others wrote."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QTextLayout
from PySide6.QtWidgets import QVBoxLayout, QWidget

from segmenter.gui.message_bar import MessageBar
from segmenter.gui.plain_label import PlainLabel, as_written, breakable
from segmenter.gui.selectable_text import SelectableText


def test_a_name_that_no_line_has_room_for_is_wrapped(qtbot):
    label = PlainLabel(wordWrap=True)
    qtbot.addWidget(label)
    label.resize(200, 20)
    name = "a_very_long_name_" * 12
    label.setText(f"{name}.png is damaged.")
    assert label.text() == f"{name}.png is damaged."
    assert label.minimumSizeHint().width() <= 200
    line = label.fontMetrics().height()
    assert label.heightForWidth(200) > 5 * line


def test_no_name_is_cut_within_what_is_read_as_one_character():
    family, accent, hangul = "👨\u200d👩\u200d👧", "e\u0301", "\u1112\u1161\u11ab"
    for character in (family, accent, hangul, "🇨🇭"):
        assert breakable(character * 30) == "\u200b".join([character * 8] * 3 + [character * 6])


@pytest.mark.parametrize("number", ["3.2 %", "82.9 %", "1944 ml", "0.02 mm"])
def test_a_number_is_not_parted_from_its_unit_by_the_end_of_a_line(qtbot, number):
    words = f"They cover {number} of the whole."
    label = PlainLabel(words, wordWrap=True)
    qtbot.addWidget(label)
    assert label.text() == words
    assert label.heightForWidth(1000) == PlainLabel(words).sizeHint().height()
    layout = QTextLayout(breakable(words), label.font())
    start = words.index(number)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(label.fontMetrics().horizontalAdvance(words[: start + len(number) - 1]))
    layout.endLayout()
    assert line.textLength() == start


def test_what_is_copied_or_dragged_is_what_was_written(qtbot):
    path = f"/data/{'a_very_long_name_' * 3}.png\nis damaged."
    bar = MessageBar()
    qtbot.addWidget(bar)
    bar.show_message(path)
    text = bar.findChild(SelectableText)
    text.selectAll()
    assert text.createMimeDataFromSelection().text() == path
    qtbot.keyClick(text, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == path


@pytest.mark.parametrize("width", [400, 1000])
def test_all_lines_of_a_message_are_seen(qtbot, width):
    page = QWidget()
    column = QVBoxLayout(page)
    bar = MessageBar()
    column.addWidget(bar)
    column.addStretch(1)
    qtbot.addWidget(page)
    bar.show_message(f"/data/{'a_very_long_name_' * 9}.png is damaged.", "Open", lambda: None)
    page.resize(width, 600)
    page.show()
    text = bar.findChild(SelectableText)
    qtbot.waitUntil(lambda: text.viewport().height() >= text.document().size().height())
    assert text.height() < (14 if width < 500 else 4) * text.fontMetrics().lineSpacing()


def test_what_is_said_is_no_html(qtbot):
    label = PlainLabel("a <b>bold</b> name")
    qtbot.addWidget(label)
    assert label.text() == "a <b>bold</b> name"
    assert label.sizeHint().width() >= label.fontMetrics().horizontalAdvance(label.text())


def test_a_sign_that_marks_a_letter_is_told_twice():
    assert as_written("salt & pepper") == "salt && pepper"
