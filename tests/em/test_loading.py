from segmenter.em import loading
from segmenter.em.loading import load_numba_steps
from segmenter.work import finish


def test_numba_is_loaded_once_and_that_is_reported(monkeypatch):
    monkeypatch.setattr(loading, "_is_loaded", False)
    reports = []
    finish(load_numba_steps(), reports.append)
    assert {report.message for report in reports} == {"Loading the kernels"}
    assert list(load_numba_steps()) == []
