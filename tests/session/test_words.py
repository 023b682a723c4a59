from types import SimpleNamespace

import pytest

from segmenter.em.selection import Candidate, Selection
from segmenter.session.words import counted, describe_doubt, describe_regions, describe_selection


def selection(*values):
    found = tuple(
        Candidate(number, fit=None, bic=value, aic=0.0, icl=0.0)
        for number, value in enumerate(values, 1)
    )
    return Selection(found, "bic")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ((900, 500, 300, 100, 101, 102), "BIC falls until 4, then is flat."),
        ((900, 500, 300, 100, 300), "BIC falls until 4, then rises."),
        ((900, 500, 300), "BIC still falls at 3, the largest number tried."),
        ((100, 200, 300), "BIC only rises after 1."),
        ((100,), "no other number was tried."),
    ],
)
def test_the_curve_is_put_into_words(values, words):
    assert describe_selection(selection(*values)) == words


def test_a_result_is_put_into_words():
    fit = SimpleNamespace(converged=True, n_iterations=7)
    given = SimpleNamespace(n_labels=4, selection=None, fit=fit)
    assert describe_regions(given) == "4 classes; the fit converged."
    fit.converged = False
    assert describe_regions(given) == "4 classes; the fit was stopped after 7 iterations."
    given.selection = selection(90, 50, 90)
    given.n_labels, given.groups = 2, ((0,), (1,))
    assert describe_regions(given) == "2 classes: BIC falls until 2, then rises."


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        (((0,), (1, 3), (2,)), "; two of them describe one thing."),
        (((0, 1, 2), (3,)), "; three of them describe one thing."),
        (((0, 1), (2, 3)), "; four of them describe 2 things."),
    ],
)
def test_components_that_became_one_class_are_put_into_words(groups, words):
    given = SimpleNamespace(
        n_labels=len(groups), selection=selection(90, 70, 60, 50, 80), groups=groups
    )
    assert describe_regions(given) == f"{len(groups)} classes: BIC falls until 4, then rises{words}"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ((900, 500, 300, 296, 350), "These pixels do not tell 3 from 4."),
        ((900, 500, 300, 301, 305.9), "These pixels do not tell 3, 4 and 5 apart."),
        ((900, 500, 300, 307, 350), ""),
        ((100,), ""),
    ],
)
def test_numbers_that_the_pixels_do_not_tell_apart_are_named(values, words):
    assert describe_doubt(selection(*values)) == words


def test_the_doubt_follows_the_choice():
    given = SimpleNamespace(n_labels=2, selection=selection(90, 50, 53), groups=((0,), (1,)))
    assert describe_regions(given).endswith(". These pixels do not tell 2 from 3.")


def test_nouns_ending_in_s_get_another_plural():
    assert [counted(number, "class") for number in (0, 1, 2)] == [
        "0 classes",
        "1 class",
        "2 classes",
    ]


def test_one_thing_has_no_plural():
    assert [counted(number, "file") for number in (0, 1, 2)] == ["0 files", "1 file", "2 files"]
