import threading
import time

import pytest

from segmenter.errors import ReadError
from segmenter.gui.worker import Runner
from segmenter.work import Progress


@pytest.fixture
def runner(qtbot):
    made = Runner("test")
    yield made
    made.close()


def counting(stop, started=None, closed=None):
    """Report and go on until told to end; say when it is closed."""
    try:
        if started is not None:
            started.set()
        while not stop.is_set():
            yield Progress("Counting", 0.5)
            time.sleep(0.001)
        return "counted"
    finally:
        if closed is not None:
            closed.set()


def at_once(value):
    yield Progress("Going")
    return value


def failing(error):
    yield Progress("Going")
    raise error


def test_the_result_arrives_on_the_windows_thread(runner, qtbot):
    threads = []
    runner.succeeded.connect(lambda _: threads.append(threading.current_thread()))
    with qtbot.waitSignal(runner.succeeded) as result:
        runner.start(at_once(42))
    assert result.args == [42]
    assert threads == [threading.main_thread()]
    assert not runner.is_busy


def test_reports_arrive_while_the_work_runs(runner, qtbot):
    stop = threading.Event()
    with qtbot.waitSignal(runner.progressed) as report:
        runner.start(counting(stop))
    assert report.args[0].message == "Counting"
    assert runner.is_busy
    with qtbot.waitSignal(runner.succeeded):
        stop.set()


def test_a_cancelled_work_is_closed_and_says_nothing_more(runner, qtbot):
    started, closed, said = threading.Event(), threading.Event(), []
    runner.progressed.connect(said.append)
    runner.succeeded.connect(said.append)
    runner.start(counting(threading.Event(), started, closed))
    assert started.wait(60)
    runner.cancel()
    said.clear()
    assert not runner.is_busy
    assert closed.wait(60)
    qtbot.wait(50)
    assert said == []


def test_the_latest_request_wins(runner, qtbot):
    results = []
    runner.succeeded.connect(results.append)
    started = threading.Event()
    runner.start(counting(threading.Event(), started))
    assert started.wait(60)
    for value in range(5):
        runner.start(at_once(value))
    qtbot.waitUntil(lambda: results == [4])
    qtbot.wait(50)
    assert results == [4]


def test_what_the_user_can_understand_is_told_from_bugs(runner, qtbot):
    with qtbot.waitSignal(runner.failed) as refused:
        runner.start(failing(ReadError("It is empty.")))
    assert str(refused.args[0]) == "It is empty."
    with qtbot.waitSignal(runner.crashed) as crashed:
        runner.start(failing(KeyError("bug")))
    assert isinstance(crashed.args[0], KeyError)
    with qtbot.waitSignal(runner.succeeded):
        runner.start(at_once("still alive"))


def test_busy_changes_once_for_works_that_supersede_each_other(runner, qtbot):
    changes = []
    runner.busy_changed.connect(changes.append)
    with qtbot.waitSignal(runner.succeeded):
        runner.start(counting(threading.Event()))
        runner.start(at_once(1))
    assert changes == [True, False]


def test_closing_stops_a_work(qtbot):
    runner, closed = Runner("test"), threading.Event()
    with qtbot.waitSignal(runner.progressed):
        runner.start(counting(threading.Event(), closed=closed))
    runner.close()
    assert closed.is_set()
