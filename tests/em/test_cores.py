import os
import threading
import time

import pytest

from segmenter.em import blocks
from segmenter.em.blocks import run_blocks
from segmenter.em.cores import NO_CORE, Crew, current_core

CORES = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else {0}
needs_cores = pytest.mark.skipif(len(CORES) < 2, reason="needs two cores that can be chosen")


@needs_cores
def test_a_crew_keeps_off_a_core_until_it_may_use_it_again():
    crew, core = Crew(), min(CORES)
    joined, end = threading.Event(), threading.Event()

    def work():
        crew.join()
        joined.set()
        end.wait()

    crew.keep_off(core)
    member = threading.Thread(target=work)
    member.start()
    joined.wait()
    assert os.sched_getaffinity(member.native_id) == CORES - {core}  # also who joins later
    crew.keep_off(NO_CORE)
    assert os.sched_getaffinity(member.native_id) == CORES
    crew.keep_off(max(CORES))
    assert os.sched_getaffinity(member.native_id) == CORES - {max(CORES)}
    end.set()
    member.join()
    crew.keep_off(core)  # of those that have ended nothing is asked
    assert os.sched_getaffinity(0) == CORES


@needs_cores
def test_the_current_core_is_one_of_ours():
    assert current_core() in CORES


@needs_cores
def test_workers_keep_off_the_core_of_their_caller_while_it_works(monkeypatch):
    monkeypatch.setattr(blocks, "thread_count", lambda: 2)
    monkeypatch.setattr(blocks, "_SHORT_SECONDS", 60)
    both, seen = threading.Barrier(2, timeout=60), {}

    def task(_number):
        both.wait()  # one block is the caller's, one the worker's
        seen[threading.get_native_id()] = os.sched_getaffinity(threading.get_native_id())

    run_blocks(task, 2)
    assert seen.pop(threading.get_native_id()) == CORES
    (by_worker,) = seen.values()
    assert len(by_worker) == len(CORES) - 1


@needs_cores
def test_workers_may_use_all_cores_while_their_caller_waits(monkeypatch):
    monkeypatch.setattr(blocks, "thread_count", lambda: 2)
    monkeypatch.setattr(blocks, "_SHORT_SECONDS", 0)
    workers = set()

    def task(_number):
        worker = threading.get_native_id()
        workers.add(worker)
        end = time.monotonic() + 60
        while os.sched_getaffinity(worker) != CORES and time.monotonic() < end:
            time.sleep(0.001)
        assert os.sched_getaffinity(worker) == CORES

    run_blocks(task, 3)  # the caller does one, and waits
    assert workers - {threading.get_native_id()}


def test_without_a_way_to_choose_cores_nothing_is_done(monkeypatch):
    crew = Crew()
    monkeypatch.delattr(os, "sched_setaffinity", raising=False)
    crew.join()
    crew.keep_off(NO_CORE)
