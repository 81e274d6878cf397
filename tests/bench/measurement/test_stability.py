from dataclasses import replace

import pytest

from bench.measurement.stability import reasons
from bench.records import GpuState, Setting, Timing

STABLE = Timing(Setting("cpu"), quick=True, warmup=6, steady=True, wall_ms=(10.0,) * 9)


def state(moment, *throttle):
    return GpuState(moment, 1980, 2619, 400.0, 50, throttle)


def test_a_steady_record_gives_no_reason():
    assert reasons(STABLE) == ()


def test_a_warm_up_that_hit_its_cap_is_a_reason():
    assert reasons(replace(STABLE, steady=False)) == ("not steady after 6 warm-up passes",)


@pytest.mark.parametrize(("last", "count"), [(10.5, 0), (10.6, 1), (9.5, 0), (9.4, 1)])
def test_a_drift_of_more_than_five_percent_is_a_reason(last, count):
    wall_ms = (10.0, 10.0, 10.0, 50.0, 50.0, 50.0, 90.0, last, last)
    assert len(reasons(replace(STABLE, wall_ms=wall_ms))) == count


def test_a_drift_is_told_with_both_medians():
    wall_ms = (10.0, 10.0, 10.0, 12.345678)
    assert reasons(replace(STABLE, wall_ms=wall_ms)) == ("the median drifted from 10 to 12.35 ms",)


@pytest.mark.parametrize("wall_ms", [(), (1.0, 9.0), (0.0, 0.0, 0.0)])
def test_samples_without_thirds_or_without_time_have_no_drift(wall_ms):
    assert reasons(replace(STABLE, wall_ms=wall_ms)) == ()


@pytest.mark.parametrize(
    ("share", "expected"),
    [(None, ()), (0.1, ()), (0.25, ("others took 25% of the cores",))],
)
def test_foreign_load_of_more_than_a_tenth_is_a_reason(share, expected):
    assert reasons(replace(STABLE, foreign_load=share)) == expected


def test_what_held_the_gpu_down_in_its_turns_is_named_once():
    states = (
        state("before", "hardware slowdown"),
        state("during", "software power cap"),
        state("during", "software power cap", "hardware thermal slowdown"),
    )
    assert reasons(replace(STABLE, gpu=states)) == (
        "the GPU was held down: hardware thermal slowdown, software power cap",
    )


def test_clocks_that_somebody_fixed_are_no_reason():
    states = (state("during", "applications clocks setting"),)
    assert reasons(replace(STABLE, gpu=states)) == ()


def test_a_gpu_whose_driver_does_not_say_what_holds_it_down_gives_no_reason():
    states = (replace(state("during"), throttle=None),)
    assert reasons(replace(STABLE, gpu=states)) == ()
