import itertools
from dataclasses import replace

import pytest

from bench.measurement.turns import (
    Lap,
    Plan,
    Series,
    Stopwatch,
    WarmUp,
    agree,
    opens,
    take_turn,
    warm_up,
)

PLAN = Plan(
    quick=True,
    samples=4,
    seconds=2.0,
    least=2,
    limit_s=8.0,
    window=2,
    window_s=1.0,
    warmup_s=20.0,
    throughput_s=1.0,
    turn_s=1.0,
    most=1000,
)


class FakeTime:
    """A clock that only moves when a step is made, by the next of the given seconds."""

    def __init__(self, *seconds):
        self.now, self.seconds = 128.0, itertools.cycle(seconds)
        self.steps = 0

    def clock(self):
        return self.now

    def step(self):
        self.now += next(self.seconds)
        self.steps += 1

    @property
    def watch(self):
        return Stopwatch(self.clock)


def test_a_lap_is_the_wall_time_of_one_step_in_milliseconds():
    fake = FakeTime(0.25, 0.5)
    assert fake.watch.lap(fake.step) == Lap(250.0, None)
    assert fake.watch.lap(fake.step) == Lap(500.0, None)


def test_the_device_is_waited_for_inside_each_lap():
    fake = FakeTime(0.5)

    def wait():
        fake.now += 0.25

    assert Stopwatch(fake.clock, wait).lap(fake.step) == Lap(750.0, None)


class FakeEvent:
    """Records the time of a device that runs at half the clock's pace."""

    def __init__(self, fake):
        self.fake, self.at = fake, None

    def record(self):
        self.at = self.fake.now / 2

    def elapsed_time(self, last):
        return (last.at - self.at) * 1000


def test_events_are_recorded_around_the_step_and_not_around_the_wait():
    fake = FakeTime(0.5)

    def wait():
        fake.now += 8.0

    watch = Stopwatch(fake.clock, wait, lambda: FakeEvent(fake))
    assert watch.lap(fake.step) == Lap(8500.0, 250.0)


def test_warm_up_ends_when_two_windows_in_a_row_agree():
    fake = FakeTime(4.0, 2.0, 1.0, 0.5, 0.5, 0.5, 0.5, 0.5)
    # windows of 2 passes: medians 3.0, 0.75, 0.5, 0.5
    assert warm_up(fake.step, PLAN, fake.watch) == WarmUp(8, steady=True, median_ms=500.0)


def test_a_window_lasts_for_its_seconds_too():
    fake = FakeTime(0.25)
    assert warm_up(fake.step, PLAN, fake.watch) == WarmUp(8, steady=True, median_ms=250.0)


def test_warm_up_that_never_gets_steady_stops_at_its_cap():
    fake = FakeTime(*(1.5**exponent for exponent in range(10)))
    # 1 + 1.5 + 2.25 + 3.375 + 5.0625 = 13.1875, and the next pass, begun before 20, ends after it
    warm = warm_up(fake.step, PLAN, fake.watch)
    assert (warm.passes, warm.steady) == (6, False)
    assert fake.now - 128.0 == 20.78125


def test_one_pass_is_made_whatever_the_cap():
    fake = FakeTime(64.0)
    assert warm_up(fake.step, PLAN, fake.watch) == WarmUp(1, steady=False, median_ms=64_000.0)


def test_a_clock_that_stands_still_ends_the_warm_up_by_its_passes():
    fake = FakeTime(0.0)
    warm = warm_up(fake.step, replace(PLAN, most=10), fake.watch)
    assert warm == WarmUp(20, steady=True, median_ms=0.0)


@pytest.mark.parametrize(
    ("medians", "steady"),
    [
        ([], False),
        ([100.0], False),
        ([100.0, 101.0], True),
        ([100.0, 101.5], False),
        ([100.0, 99.0], True),
        ([100.0, 98.5], False),
        ([50.0, 100.0, 100.0], True),
        ([100.0, 100.0, 50.0], False),
        ([0.0, 0.0], True),
        ([0.0, 1.0], False),
    ],
)
def test_windows_agree_within_one_percent_of_the_earlier_one(medians, steady):
    assert agree(medians) is steady


def turns(fake, plan, opened=False):
    series = Series(opened=opened)
    while not series.enough(plan):
        take_turn(fake.step, series, plan, fake.watch)
    return series


def test_a_turn_ends_with_the_pass_that_fills_it():
    series = turns(FakeTime(0.375), PLAN)
    assert series.rounds == [3, 3]
    assert series.wall_ms == [375.0] * 6
    assert series.seconds == 2.25


def test_a_pass_that_is_longer_than_a_turn_is_a_turn():
    assert turns(FakeTime(1.5), PLAN).rounds == [1, 1, 1, 1]


def test_samples_are_taken_until_there_are_enough_of_them_and_of_seconds():
    many, long = turns(FakeTime(0.0625), PLAN), turns(FakeTime(1.0), PLAN)
    assert (len(many.wall_ms), many.seconds) == (32, 2.0)
    assert (len(long.wall_ms), long.seconds) == (4, 4.0)


def test_after_the_limit_fewer_samples_are_accepted_but_never_less_than_the_least():
    assert len(turns(FakeTime(3.0), PLAN).wall_ms) == 3
    assert len(turns(FakeTime(64.0), PLAN).wall_ms) == 2


def test_a_clock_that_stands_still_ends_the_samples_by_their_number():
    series = turns(FakeTime(0.0), replace(PLAN, most=10))
    assert series.rounds == [10]
    assert series.wall_ms == [0.0] * 10


def test_the_opening_pass_of_a_turn_is_no_sample():
    fake = FakeTime(0.5, 0.25, 0.25, 0.25, 0.25)
    series = turns(fake, PLAN, opened=True)
    assert series.wall_ms == [250.0] * 8
    assert series.rounds == [4, 4]
    assert fake.steps == 10


@pytest.mark.parametrize(("median_ms", "opened"), [(0.0, True), (200.0, True), (201.0, False)])
def test_a_network_that_passes_five_times_in_a_turn_opens_it(median_ms, opened):
    assert opens(WarmUp(1, True, median_ms), PLAN) is opened
