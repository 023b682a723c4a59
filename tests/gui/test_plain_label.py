"""Labels for words that others wrote."""

from segmenter.gui.plain_label import PlainLabel, as_written


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


def test_what_is_said_is_no_html(qtbot):
    label = PlainLabel("a <b>bold</b> name")
    qtbot.addWidget(label)
    assert label.text() == "a <b>bold</b> name"
    assert label.sizeHint().width() >= label.fontMetrics().horizontalAdvance(label.text())


def test_a_sign_that_marks_a_letter_is_told_twice():
    assert as_written("salt & pepper") == "salt && pepper"
