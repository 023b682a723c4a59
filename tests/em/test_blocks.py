from segmenter.em.blocks import run_blocks


def test_blocks_inside_blocks_do_not_wait_for_each_other():
    done = []

    def outer(number):
        run_blocks(lambda inner: done.append((number, inner)), 5)

    run_blocks(outer, 8)
    assert sorted(done) == [(outer, inner) for outer in range(8) for inner in range(5)]
