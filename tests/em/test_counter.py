import time
from threading import Barrier, Event, Thread, get_ident

import numpy as np
import pytest

from segmenter.compiled import compiled
from segmenter.em import blocks
from segmenter.em import counter as counter_module
from segmenter.em.blocks import run_supply_steps
from segmenter.em.counter import KernelSupply, new_counter, take_number, tell_done
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
def take(counter):
    return take_number(counter)


@compiled
def tell(counter):
    tell_done(counter)


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


class Shared:
    """Two blocks, of which another thread has the first before the caller takes the second."""

    def __init__(self, monkeypatch):
        monkeypatch.setattr(blocks, "thread_count", lambda: 2)
        self.caller, self.is_begun, self.has_left = get_ident(), Event(), Event()
        self.times = np.zeros(2, np.int64)

    def run(self, task_of_other):
        def kernel(counter, _most):
            if get_ident() == self.caller:
                self.is_begun.wait(60)
            number = take(counter)
            if number >= len(self.times):
                return
            if get_ident() == self.caller:
                self.mark(counter, number)
            else:
                task_of_other(counter, number)

        finish(run_supply_steps(KernelSupply(kernel, len(self.times))))

    def mark(self, counter, number):
        self.times[number] += 1
        tell(counter)


def test_who_needs_a_block_waits_for_the_thread_that_has_it(monkeypatch):
    shared = Shared(monkeypatch)

    def be_slow(counter, number):
        shared.is_begun.set()
        time.sleep(0.02)
        shared.mark(counter, number)

    shared.run(be_slow)
    assert (shared.times == 1).all()


def test_nobody_waits_for_a_thread_that_has_done_its_block(monkeypatch):
    shared, may_leave = Shared(monkeypatch), Event()

    def stay(counter, number):
        shared.mark(counter, number)
        shared.is_begun.set()
        may_leave.wait(60)
        shared.has_left.set()

    shared.run(stay)
    assert (shared.times == 1).all()
    assert not shared.has_left.is_set()
    may_leave.set()


def test_an_error_of_a_kernel_on_another_thread_is_raised(monkeypatch):
    shared = Shared(monkeypatch)

    def fail(_counter, _number):
        shared.is_begun.set()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        shared.run(fail)


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


def test_a_caller_takes_as_many_blocks_at_once_as_fit(monkeypatch):
    """The clock goes on by a second for each block: two calls fill most of a time."""
    now, taken = [0.0], []
    monkeypatch.setattr(counter_module, "perf_counter", lambda: now[0])

    def kernel(counter, most):
        n = min(most, 100 - int(counter[0]))
        counter[0] += n
        now[0] += n
        taken.append(n)

    KernelSupply(kernel, 100).do(until=10)
    assert taken[0] == 1
    assert len(taken) == 2
    assert 9 <= sum(taken) <= 11
    taken.clear()
    KernelSupply(kernel, 100).do()
    assert taken == [100]
