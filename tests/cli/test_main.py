import signal
import threading
from importlib.metadata import version
from pathlib import Path

import pytest

from segmenter.cli.main import main


@pytest.mark.parametrize("arguments", [["--help"], ["regions", "--help"], ["info", "--help"]])
def test_help_explains_and_exits_with_zero(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 0
    assert "usage: segmenter" in capsys.readouterr().out


def test_help_fits_a_terminal_but_for_its_examples(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit):
        main(["tissue", "--help"])
    printed = capsys.readouterr().out
    text, examples = printed.split("\nexamples:\n")
    assert max(map(len, text.splitlines())) <= 80
    assert "\n  segmenter tissue study -o out --resume\n" in f"\n{examples}"


def test_version(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out == f"segmenter {version('segmenter')}\n"


def test_the_window_opens_without_a_command_and_on_a_file(monkeypatch):
    opened = []
    monkeypatch.setattr("segmenter.gui.app.run", lambda path: opened.append(path) or 0)
    assert main([]) == main(["open"]) == main(["open", "photo.jpg"]) == 0
    assert opened == [None, None, "photo.jpg"]


def test_a_file_without_a_command_is_told_how_to_go_on(tmp_path, capsys):
    path = tmp_path / "photo.jpg"
    path.touch()
    assert main([str(path)]) == 2
    assert f"segmenter open {path}" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["regions", "objects", "foreground", "tissue", "info", "open"])
def test_an_empty_name_is_not_the_folder_one_is_in(command, capsys):
    assert main([command, ""]) == 2
    assert "the name of a file is empty" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--mask", "--channels"])
def test_an_empty_name_is_no_mask_or_channel(option, capsys):
    assert main(["tissue", "T1.nii", option, ""]) == 2
    assert "the name of a file is empty" in capsys.readouterr().err


def test_a_file_whose_name_looks_like_an_option_is_told_how_to_go_on(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("-a.png").touch()
    assert main(["info", "-a.png"]) == 2
    assert "write ./-a.png" in capsys.readouterr().err
    assert main(["-a.png"]) == 2
    assert "write ./-a.png" in capsys.readouterr().err
    assert main(["info", "--", "-a.png"]) == 2
    assert "-a.png is empty" in capsys.readouterr().err


def test_files_called_like_options_do_not_hide_these(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("-o", "-k", "--json", "--version", "a.png"):
        Path(name).touch()
    assert main(["regions", "a.png", "-k", "3", "-o", "out", "--json"]) == 2
    assert "a.png is empty" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert stop.value.code == 0


@pytest.mark.parametrize("command", ["info", "regions", "foreground"])
def test_a_name_of_two_lines_does_not_break_a_sentence(command, tmp_path, capsys):
    path = tmp_path / "a\nb.png"
    path.touch()
    clicks = ["--click", "0,0"] if command == "foreground" else []
    assert main([command, str(path), *clicks]) == 2
    printed = capsys.readouterr().err
    assert printed.count("\n") == 1
    assert "a b.png is empty" in printed


def test_complaints_about_arguments_are_one_sentence(capsys):
    assert main(["regions", "photo.jpg", "-k", "many"]) == 2
    printed = capsys.readouterr().err
    assert printed.count("\n") == 1
    assert "auto" in printed


def test_an_interrupt_is_one_line_even_if_a_library_makes_an_error_of_it(monkeypatch, capsys):
    def load(_path):
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise ImportError("A library could not be loaded.") from None

    monkeypatch.setattr("segmenter.gui.app.run", load)
    before = signal.getsignal(signal.SIGINT)
    assert main(["open"]) == 130
    printed = capsys.readouterr().err
    assert printed.count("\n") == 1
    assert "Interrupted" in printed
    assert signal.getsignal(signal.SIGINT) is before


def test_runs_in_a_thread_that_gets_no_signals(capsys):
    codes = []
    thread = threading.Thread(target=lambda: codes.append(main(["info", "nothing.png"])))
    thread.start()
    thread.join()
    assert codes == [2]
    assert "nothing.png" in capsys.readouterr().err


def test_an_error_after_no_interrupt_is_a_bug(monkeypatch, capsys):
    monkeypatch.setattr("segmenter.gui.app.run", lambda _: 1 // 0)
    assert main(["open"]) == 1
    assert "ZeroDivisionError" in capsys.readouterr().err
