import time
from functools import partial
from threading import Barrier, Thread

import numpy as np
import pytest

from segmenter.compiled import compiled
from segmenter.em import blocks
from segmenter.em.blocks import run_supply_steps
from segmenter.em.counter import KernelSupply, count_as_done, new_counter, take_number
from segmenter.work import finish

N_NUMBERS, N_THREADS = 100_000, 4
N_TURNS, MOST_ROUNDS = 5_000, 200


@compiled
def mark(counter, most, times):
    """Count how often each number is taken."""
    for _ in range(most):
        number = take_number(counter)
        if number >= len(times):
            return
        times[number] += 1


@compiled
def mark_and_tell(counter, most, times):
    """Do the same, and say when it is done."""
    for _ in range(most):
        number = take_number(counter)
        if number >= len(times):
            return
        times[number] += 1
        count_as_done(counter)


def test_threads_take_each_number_once():
    """Others may have the cores for a while: threads try until they have often taken turns."""
    n_turns = n_rounds = 0
    while n_turns < N_TURNS and n_rounds < MOST_ROUNDS:
        times = mark_by_threads()
        assert (times.sum(axis=0) == 1).all()
        n_turns += np.count_nonzero(np.diff(times.argmax(axis=0)))
        n_rounds += 1


def mark_by_threads():
    """Count how often each thread takes each number."""
    times = np.zeros((N_THREADS, N_NUMBERS), np.int64)
    counter, start = new_counter(), Barrier(N_THREADS)
    mark(counter, 0, times[0])  # it is compiled

    def mark_with_others(own):
        start.wait()
        mark(counter, N_NUMBERS, own)

    threads = [Thread(target=mark_with_others, args=[own]) for own in times]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


@pytest.mark.parametrize("n_threads", [1, 2, 5])
@pytest.mark.parametrize("n", [0, 1, 2, 300])
def test_a_kernel_does_every_block_once(n_threads, n, monkeypatch):
    monkeypatch.setattr(blocks, "thread_count", lambda: n_threads)
    times = np.zeros(n, np.int64)
    finish(run_supply_steps(KernelSupply(lambda counter, most: mark(counter, most, times), n)))
    assert (times == 1).all()


@pytest.mark.parametrize("n_threads", [2, 5])
def test_who_waits_for_a_kernel_sees_all_that_its_threads_did(n_threads, monkeypatch):
    monkeypatch.setattr(blocks, "thread_count", lambda: n_threads)
    for _ in range(200):
        times = np.zeros(300, np.int64)
        supply = KernelSupply(partial(mark_and_tell, times=times), len(times))
        finish(run_supply_steps(supply))
        assert (times == 1).all()
        assert supply.is_done()


def test_a_supply_is_not_done_while_somebody_is_at_a_block():
    times = np.zeros(2, np.int64)
    supply = KernelSupply(partial(mark_and_tell, times=times), len(times))
    supply.do(until=0)
    assert not supply.is_done()
    supply.do(until=0)
    assert supply.is_done()


def test_a_time_ends_a_supply_after_one_block_and_a_stop_before_the_next():
    times = np.zeros(9, np.int64)
    supply = KernelSupply(lambda counter, most: mark(counter, most, times), len(times))
    supply.do(until=0)
    assert supply.n_taken() == times.sum() == 1
    supply.stop()
    supply.do()
    assert times.sum() == 1
    assert supply.n_taken() == len(times)


@pytest.mark.parametrize("n_threads", [1, 3])
def test_a_kernel_is_left_between_two_blocks(n_threads, monkeypatch):
    monkeypatch.setattr(blocks, "thread_count", lambda: n_threads)
    times = np.zeros(100, np.int64)

    def slow(counter, most):
        for _ in range(most):
            mark(counter, 1, times)
            if counter[0] > len(times):
                return
            time.sleep(0.01)

    work = run_supply_steps(KernelSupply(slow, len(times)))
    assert 0 <= next(work).fraction < 1
    work.close()
    n_done = times.sum()
    assert n_done < len(times)
    time.sleep(0.03)
    assert times.sum() == n_done
