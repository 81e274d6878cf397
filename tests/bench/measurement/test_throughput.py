import pytest

from bench.measurement import throughput
from bench.measurement.throughput import search
from bench.records import Throughput


class Clock:
    """Moves by the milliseconds that are spent."""

    def __init__(self):
        self.now = 64.0

    def __call__(self):
        return self.now


def searched(times, limit_s=1000.0):
    """What is found when one pass of each batch takes so long, in ms; () is out of memory."""
    clock = Clock()

    def passes(batch):
        given = times(batch)
        clock.now += sum(given or ()) / 1000
        return given

    return search(passes, limit_s, clock)


def test_batches_double_until_the_gain_ends():
    found = searched(lambda batch: (100.0,) if batch <= 4 else (25.0 * batch,))
    assert found == (
        Throughput(1, (100.0,)),
        Throughput(2, (100.0,)),
        Throughput(4, (100.0,)),
        Throughput(8, (200.0,)),
    )


@pytest.mark.parametrize(("second_ms", "tried"), [(190.0, 3), (191.0, 2)])
def test_less_than_five_percent_is_no_gain(second_ms, tried):
    # 2 videos in 190 ms are 5.26 % more a second than 1 in 100 ms; in 191 ms they are 4.71 % more
    found = searched(lambda batch: {1: (100.0,), 2: (second_ms,)}.get(batch, (1e6,)))
    assert len(found) == tried


def test_the_middle_pass_decides_on_the_gain():
    found = searched(lambda batch: (100.0, 100.0, 9000.0) if batch == 1 else (9000.0, 190.0, 9.0))
    assert [one.batch for one in found[:3]] == [1, 2, 4]


def test_out_of_memory_is_an_answer_and_the_last_one():
    found = searched(lambda batch: (100.0,) if batch < 4 else ())
    assert found == (Throughput(1, (100.0,)), Throughput(2, (100.0,)), Throughput(4, ()))


def test_a_batch_that_is_refused_ends_the_search_without_an_entry():
    assert searched(lambda batch: (100.0,) if batch < 2 else None) == (Throughput(1, (100.0,)),)


def test_no_batch_is_begun_after_the_limit():
    found = searched(lambda batch: (1000.0,), limit_s=3.0)
    assert [one.batch for one in found] == [1, 2, 4]


def test_a_clock_that_stands_still_ends_at_the_largest_batch():
    found = searched(lambda batch: (0.0,))
    assert found[-1].batch == throughput.LARGEST
