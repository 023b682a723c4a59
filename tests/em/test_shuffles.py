import numpy as np

from segmenter.compiled import compiled
from segmenter.em import shuffles
from segmenter.em.lanes import LANES, load, store


@compiled
def add_up(numbers, sums, spread_out):
    x, y, z = load(numbers, (0, 0)), load(numbers, (1, 0)), load(numbers, (2, 0))
    shuffles.add_sums(sums, (1, 2), (x, y, z))
    shuffles.add_sums(sums, (0, 0), (z,))
    shuffles.add_sums(sums, (2, 0), (y, x, z, y, x))
    shuffles.add_sums(sums, (3, 1), (y, x))
    shuffles.add_sums(sums, (4, 0), (z, y, x, x, y, z, y, z))
    shuffles.add_numbers(spread_out, 1, x)
    shuffles.add_numbers(spread_out, 2, y)


@compiled
def read_columns(numbers, rows, columns):
    read = shuffles.load_columns(numbers, rows, 3)
    for r in range(shuffles.COLUMNS):
        store(columns, (r, 0), read[r])


@compiled
def fill(numbers, filled):
    store(filled, 0, shuffles.of_numbers(numbers))


@compiled
def list_all(values, least, places):
    n = 0
    for first in range(0, len(values), LANES):
        n += shuffles.list_larger(load(values, first), load(least, 0), first, places, n)
    return n


def random_rows(n):
    return np.random.default_rng(0).standard_normal((n, LANES)).astype(np.float32)


def test_sums_of_registers_are_added_to_numbers_in_a_row():
    numbers, sums, spread_out = random_rows(3), np.ones((5, 8)), np.ones(2 + LANES)
    add_up(numbers, sums, spread_out)
    u, v, w = numbers.sum(axis=1)
    rows = [[w], [0, 0, u, v, w], [v, u, w, v, u], [0, v, u], [w, v, u, u, v, w, v, w]]
    expected = [row + [0] * (8 - len(row)) for row in rows]
    np.testing.assert_allclose(sums, 1 + np.float64(expected), atol=1e-6)
    in_place = np.zeros(2 + LANES)
    in_place[1:-1] = numbers[0]
    in_place[2:] += numbers[1]
    np.testing.assert_allclose(spread_out, 1 + in_place, atol=1e-6)


def test_columns_of_some_rows_are_read():
    numbers = np.random.default_rng(0).standard_normal((40, 8)).astype(np.float32)
    rows = tuple(int(row) for row in np.random.default_rng(1).permutation(40)[:LANES])
    columns = np.zeros((shuffles.COLUMNS, LANES), np.float32)
    read_columns(numbers, rows, columns)
    np.testing.assert_array_equal(columns, numbers[list(rows), 3 : 3 + shuffles.COLUMNS].T)


def test_a_register_is_filled_with_numbers():
    numbers, filled = random_rows(1)[0], np.zeros(LANES, np.float32)
    fill(tuple(numbers), filled)
    np.testing.assert_array_equal(filled, numbers)


def test_a_list_holds_the_places_of_what_is_larger():
    values, least = random_rows(40).ravel(), np.linspace(-1, 1, LANES, dtype=np.float32)
    places = np.zeros(len(values) + LANES, np.uint16)
    n = list_all(values, least, places)
    np.testing.assert_array_equal(places[:n], np.flatnonzero(values > np.tile(least, 40)))
