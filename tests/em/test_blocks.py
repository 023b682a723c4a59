import time

import pytest

from segmenter.em import blocks
from segmenter.em.blocks import run_blocks, run_blocks_steps, run_supply_steps, share_out
from segmenter.em.pool import Pool
from segmenter.em.supply import TaskSupply


def test_blocks_inside_blocks_do_not_wait_for_each_other():
    done = []

    def outer(number):
        run_blocks(lambda inner: done.append((number, inner)), 5)

    run_blocks(outer, 8)
    assert sorted(done) == [(outer, inner) for outer in range(8) for inner in range(5)]


@pytest.mark.parametrize("n_threads", [1, 2, 5])
@pytest.mark.parametrize("seconds", [0, 0.003])
def test_every_block_is_done_once(n_threads, seconds, monkeypatch):
    monkeypatch.setattr(blocks, "thread_count", lambda: n_threads)
    for n_blocks in (1, 2, 9):
        done = []

        def task(number, done=done):
            time.sleep(seconds)
            done.append(number)

        run_blocks(task, n_blocks)
        assert sorted(done) == list(range(n_blocks))


@pytest.mark.parametrize("n_threads", [1, 2, 5])
@pytest.mark.parametrize("n", [0, 1, 4, 17])
def test_every_item_is_done_once_in_a_share_for_each_core(n, n_threads, monkeypatch):
    monkeypatch.setattr(blocks, "thread_count", lambda: n_threads)
    shares = []
    share_out(lambda first, last: shares.append((first, last)), n)
    assert sorted(item for share in shares for item in range(*share)) == list(range(n))
    assert len(shares) == min(n, n_threads)


@pytest.mark.parametrize("n_threads", [1, 3])
@pytest.mark.parametrize("failing", [0, 5, 11])
def test_the_error_of_a_block_reaches_who_called(n_threads, failing, monkeypatch):
    monkeypatch.setattr(blocks, "thread_count", lambda: n_threads)

    def task(number):
        time.sleep(0.001)
        if number == failing:
            raise ArithmeticError(number)

    with pytest.raises(ArithmeticError):
        run_blocks(task, 12)
    done = []
    run_blocks(done.append, 3)
    assert sorted(done) == [0, 1, 2]


@pytest.mark.parametrize("n_threads", [1, 3])
def test_a_short_job_reports_its_end(n_threads, monkeypatch):
    monkeypatch.setattr(blocks, "thread_count", lambda: n_threads)
    last = [*run_blocks_steps(lambda _: None, 2)][-1]
    assert last.fraction is None  # it may be one of many


@pytest.mark.parametrize("n_threads", [1, 3])
def test_a_long_job_reports_and_can_be_left(n_threads, monkeypatch):
    monkeypatch.setattr(blocks, "thread_count", lambda: n_threads)
    done = []

    def task(number):
        time.sleep(0.01)
        done.append(number)

    work = run_blocks_steps(task, 10_000)
    assert 0 <= next(work).fraction < 1
    work.close()
    n_done = len(done)
    assert n_done < 10_000
    time.sleep(0.03)
    assert len(done) == n_done


class Slow(TaskSupply):
    """Many blocks; what was done is counted."""

    def __init__(self):
        super().__init__(self.count, 10_000)
        self.n_done = 0

    def count(self, _):
        time.sleep(0.01)
        self.n_done += 1


def is_at_rest(supply):
    n_done = supply.n_done
    time.sleep(0.03)
    return supply.n_done == n_done


def test_a_second_interrupt_leaves_no_thread_at_work(monkeypatch):
    class Interrupted(Slow):
        n_interrupts = 1

        def stop(self):
            if self.n_interrupts:
                self.n_interrupts -= 1
                raise KeyboardInterrupt
            super().stop()

    monkeypatch.setattr(blocks, "thread_count", lambda: 3)
    supply = Interrupted()
    work = run_supply_steps(supply)
    next(work)
    with pytest.raises(KeyboardInterrupt):
        work.close()
    assert is_at_rest(supply)


def test_an_interrupt_while_threads_are_called_leaves_none_at_work(monkeypatch):
    class Interrupted(Pool):
        def submit(self, errand):
            super().submit(errand)
            time.sleep(0.02)  # it begins
            raise KeyboardInterrupt

    pool = Interrupted(2, lambda: None)
    monkeypatch.setattr(blocks, "thread_count", lambda: 3)
    monkeypatch.setattr(blocks, "_pool", lambda: pool)
    supply = Slow()
    with pytest.raises(KeyboardInterrupt):
        next(run_supply_steps(supply))
    assert is_at_rest(supply)
