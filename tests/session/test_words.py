from types import SimpleNamespace

import pytest

from segmenter.em.selection import Candidate, Selection
from segmenter.session.words import counted, describe_regions, describe_selection


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
    assert describe_regions(given) == "4 regions; the fit converged."
    fit.converged = False
    assert describe_regions(given) == "4 regions; the fit was stopped after 7 iterations."
    given.selection = selection(9, 5, 9)
    given.n_labels = 2
    assert describe_regions(given) == "2 regions: BIC falls until 2, then rises."


def test_one_thing_has_no_plural():
    assert [counted(number, "file") for number in (0, 1, 2)] == ["0 files", "1 file", "2 files"]
