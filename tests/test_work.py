import threading

import pytest

from segmenter.work import Progress, aside, finish


def test_a_task_that_cannot_report_is_waited_for_with_reports():
    may_end = threading.Event()
    work = aside(lambda: may_end.wait(10) and "done", Progress("Waiting", 0.5))
    assert next(work) == next(work) == Progress("Waiting", 0.5)
    may_end.set()
    assert finish(work) == "done"


def test_what_a_task_raises_comes_out_of_the_work():
    with pytest.raises(ZeroDivisionError):
        finish(aside(lambda: 1 // 0, Progress("Dividing")))


def test_a_dropped_work_does_not_wait_for_its_task():
    may_end, ended = threading.Event(), threading.Event()
    work = aside(lambda: may_end.wait(10) and ended.set(), Progress("Waiting"))
    next(work)
    work.close()
    assert not ended.is_set()
    may_end.set()
    assert ended.wait(10)
