import argparse
import json
import signal

import pytest

from segmenter.cli.batch import add_batch_options, numbered, run_batch, stem_of
from segmenter.cli.interrupts import raised_interrupts
from segmenter.errors import ReadError, WriteError


@pytest.fixture
def chosen():
    parser = argparse.ArgumentParser()
    add_batch_options(parser, "a file", "out")
    return parser.parse_args(["a.nii", "b.nii", "c.nii", "--json"])


def run(chosen, errors):
    def segment(file, name):
        if file in errors:
            raise errors[file]
        return {"file": file, "name": name}

    return run_batch(chosen, ["a", "a", "c"], segment)


def test_all_is_well(chosen, capsys):
    assert run(chosen, {}) == 0
    printed = capsys.readouterr()
    assert [each["name"] for each in json.loads(printed.out)] == ["a", "a-2", "c"]
    assert printed.err == ""


def test_a_bad_file_is_named_at_the_end_and_the_others_are_done(chosen, capsys):
    assert run(chosen, {"b.nii": ReadError("b.nii cannot be read.")}) == 2
    printed = capsys.readouterr()
    summaries = json.loads(printed.out)
    assert summaries[1] == {"file": "b.nii", "error": "b.nii cannot be read."}
    assert summaries[2]["file"] == "c.nii"
    *_, title, last = printed.err.splitlines()
    assert title == "segmenter: 1 of 3 files failed:"
    assert last == "  b.nii cannot be read."


def test_a_bug_does_not_end_the_night(chosen, capsys):
    errors = {"a.nii": ZeroDivisionError("by 0"), "b.nii": ReadError("b.nii cannot be read.")}
    assert run(chosen, errors) == 1
    printed = capsys.readouterr()
    assert json.loads(printed.out)[2]["file"] == "c.nii"
    assert "This is a bug in Segmenter" in printed.err
    assert "2 of 3 files failed" in printed.err


def test_a_table_that_cannot_be_written_for_a_while_stops_nothing(chosen):
    kept = []

    def keep(summaries):
        kept.append(len(summaries))
        if len(summaries) < n_failing:
            raise WriteError("volumes.csv cannot be written.")

    n_failing = 3
    assert run_batch(chosen, ["a", "b", "c"], lambda file, _: {"file": file}, keep) == 0
    assert kept == [1, 2, 3]
    n_failing = 4
    with pytest.raises(WriteError):
        run_batch(chosen, ["a", "b", "c"], lambda file, _: {"file": file}, keep)


def test_work_ends_where_nobody_reads_what_is_printed(chosen, capsys):
    with pytest.raises(BrokenPipeError):
        run(chosen, {"a.nii": BrokenPipeError()})
    assert capsys.readouterr().err == ""


def test_an_interrupt_ends_all_even_if_a_library_makes_an_error_of_it(chosen, capsys):
    begun = []

    def segment(file, _name):
        begun.append(file)
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise ImportError("A library could not be loaded.") from None

    with raised_interrupts(), pytest.raises(KeyboardInterrupt):  # as `main` does around it
        run_batch(chosen, ["a", "b", "c"], segment)
    assert begun == ["a.nii"]
    assert capsys.readouterr().err == ""


def test_no_name_hides_another():
    assert numbered(["a", "b", "a", "a"]) == ["a", "b", "a-2", "a-3"]
    assert numbered(["a", "a", "a-2", "a"]) == ["a", "a-3", "a-2", "a-4"]
    many = 2000
    assert numbered(["a"] * many) == ["a", *(f"a-{number}" for number in range(2, many + 1))]


def test_of_several_files_every_message_names_its_own(chosen, capsys):
    errors = {
        "a.nii": ReadError("The brain has 0 voxels."),
        "b.nii": ReadError("b.nii cannot be read."),
        "c.nii": ZeroDivisionError("by 0"),
    }
    assert run(chosen, errors) == 1
    told = capsys.readouterr().err
    assert "segmenter: a.nii: The brain has 0 voxels.\nsegmenter: b.nii cannot be read.\n" in told
    assert "segmenter: c.nii: This is a bug in Segmenter" in told
    assert told.endswith("  b.nii cannot be read.\n  c.nii: a bug: ZeroDivisionError('by 0')\n")


def test_files_of_one_name_are_told_apart_by_their_folders(chosen, capsys):
    chosen.files = ["one/a.nii", "two/a.nii", "c.nii"]
    run(chosen, {"two/a.nii": ReadError("a.nii cannot be read.")})
    assert "segmenter: two/a.nii: a.nii cannot be read.\n" in capsys.readouterr().err


def test_a_name_of_two_lines_is_one_line_of_the_failures(chosen, capsys):
    chosen.files = ["a\nb.nii", "b.nii", "c.nii"]
    run(chosen, {"a\nb.nii": ReadError("The brain has 0 voxels.")})
    assert capsys.readouterr().err.endswith("failed:\n  a b.nii: The brain has 0 voxels.\n")


def test_results_of_the_folder_one_is_in_are_called_by_its_name(tmp_path, monkeypatch):
    (tmp_path / "T1").mkdir()
    monkeypatch.chdir(tmp_path / "T1")
    assert stem_of(".") == "T1"


def test_of_one_file_the_sentence_stands_alone(chosen, capsys):
    chosen.files = ["a.nii"]
    run_batch(chosen, ["a"], _without_brain)
    assert capsys.readouterr().err == "segmenter: The brain has 0 voxels.\n"


def _without_brain(*_):
    raise ReadError("The brain has 0 voxels.")
