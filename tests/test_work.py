import threading
import time
from dataclasses import replace

import pytest

from segmenter.work import Progress, apart, aside, changed, finish, portion, reported_as, unmeasured


def test_a_task_that_cannot_report_is_waited_for_with_reports():
    may_end = threading.Event()
    work = aside(lambda: may_end.wait(60) and "done", Progress("Waiting", 0.5))
    assert next(work) == next(work) == Progress("Waiting", 0.5)
    may_end.set()
    assert finish(work) == "done"


def test_what_a_task_raises_comes_out_of_the_work():
    with pytest.raises(ZeroDivisionError):
        finish(aside(lambda: 1 // 0, Progress("Dividing")))


def test_a_dropped_work_does_not_wait_for_its_task():
    may_end, ended = threading.Event(), threading.Event()
    work = aside(lambda: may_end.wait(60) and ended.set(), Progress("Waiting"))
    next(work)
    work.close()
    assert not ended.is_set()
    may_end.set()
    assert ended.wait(60)


def test_a_work_apart_reports_while_a_step_is_long():
    may_go_on = threading.Event()

    def steps():
        yield Progress("Showing", 0.2, partial="labels")
        may_go_on.wait(60)
        yield Progress("Going on", 0.7)
        return "done"

    work = apart(steps())
    reports = [next(work), next(work), next(work)]
    may_go_on.set()
    result = finish(work, reports.append)
    assert result == "done"
    assert [report.partial for report in reports].count("labels") == 1
    assert reports[-1] == Progress("Going on", 0.7)


def test_a_work_apart_that_is_dropped_is_closed_at_the_end_of_its_step():
    may_go_on, closed = threading.Event(), threading.Event()

    def steps():
        try:
            yield Progress("Beginning")
            may_go_on.wait(60)
            yield Progress("Going on")
            raise AssertionError("it went on")
        finally:
            closed.set()

    work = apart(steps())
    next(work)
    work.close()
    assert not closed.is_set()
    may_go_on.set()
    assert closed.wait(60)


def test_a_work_apart_does_not_run_far_ahead_of_whoever_takes_its_reports():
    made, closed = [], threading.Event()

    def steps():
        try:
            for number in range(1000):
                made.append(number)
                yield Progress("Counting", number / 1000)
        finally:
            closed.set()

    work = apart(steps())
    next(work)
    time.sleep(0.05)
    assert len(made) < 20
    work.close()
    assert closed.wait(60)
    seen = []
    finish(apart(steps()), lambda report: seen.append(report.fraction))
    assert sorted({*seen}) == [number / 1000 for number in range(1000)]


def reporting(*fractions):
    for fraction in fractions:
        yield Progress("Counting", fraction, fraction)
    return "done"


def test_reports_are_passed_on_through_a_function():
    seen = []
    work = changed(reporting(0.25, 0.5), lambda report: replace(report, partial="shown"))
    assert finish(work, seen.append) == "done"
    assert seen == [Progress("Counting", 0.25, "shown"), Progress("Counting", 0.5, "shown")]


def test_a_part_is_closed_with_the_whole_and_when_a_report_cannot_be_changed():
    n_closed = 0

    def part():
        nonlocal n_closed
        try:
            yield from reporting(0.25, 0.5)
        finally:
            n_closed += 1

    whole = changed(part(), lambda report: report)
    next(whole)
    whole.close()
    assert n_closed == 1
    with pytest.raises(ZeroDivisionError):
        next(changed(part(), lambda _: 1 // 0))
    assert n_closed == 2


def test_what_a_part_raises_comes_out_of_the_whole():
    def part():
        yield Progress("Dividing")
        raise ArithmeticError("here")

    whole = changed(part(), lambda report: report)
    next(whole)
    with pytest.raises(ArithmeticError, match="here"):
        next(whole)


def test_a_part_is_reported_as_the_whole():
    seen, whole = [], Progress("Computing", 0.1, "whole")
    assert finish(reported_as(reporting(0.25, 0.5), whole), seen.append) == "done"
    assert seen == [whole, whole]


def test_a_part_never_goes_back():
    seen = []
    work = portion(reporting(None, 0.5, None, 0.25, 1.0), 0.2, 0.6)
    assert finish(work, lambda report: seen.append(report.fraction)) == "done"
    assert seen == pytest.approx([0.2, 0.4, 0.4, 0.4, 0.6])


def test_a_round_reports_what_it_does_without_a_fraction():
    seen = []
    assert finish(unmeasured(reporting(0.5, 1.0)), seen.append) == "done"
    assert [report.fraction for report in seen] == [None, None]
    assert [report.partial for report in seen] == [0.5, 1.0]
