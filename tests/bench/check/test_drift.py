"""A lock against a count: each kind of difference gets its words, made by hand."""

from dataclasses import replace

import pytest

from bench.check.drift import EDITED, NO_BREAKDOWN, UNLOCKED, Drift, drifts
from bench.check.lockfile import Row
from bench.costs import Case
from bench.records import Complexity

COUNTED = Complexity(7, (3, 4, 32, 32), 455, 98360, 100415, "torch 2.15.0, ptflops 0.7.5")
ROWS = [
    Row("tiny", "conv", "Conv3d", 392, 98304, 100352),
    Row("tiny", "head", "Linear", 63, 56, 63),
]


@pytest.fixture
def compare(request_record):
    def found(lock=COUNTED, counted=COUNTED, stored=ROWS, rows=ROWS):
        entry = replace(request_record.model, complexity=lock)
        return [*drifts(Case(entry, 7, (3, 4, 32, 32)), counted, stored, rows)]

    return found


def test_a_lock_that_is_right_gives_nothing(compare):
    assert compare() == []
    assert compare(stored=()) == []


def test_another_version_of_the_counter_is_no_drift(compare):
    assert compare(lock=replace(COUNTED, counter="torch 2.6.0, ptflops 0.7.5")) == []


def test_an_entry_without_a_lock_is_told_how_to_get_one(compare):
    assert compare(lock=None) == [Drift("tiny", "lock", None, None, UNLOCKED)]


def test_an_edited_digit_is_told_apart_from_a_changed_module(compare):
    assert compare(lock=replace(COUNTED, params=456)) == [Drift("tiny", "params", 456, 455, EDITED)]


def test_without_a_breakdown_no_module_is_named(compare):
    assert compare(lock=replace(COUNTED, params=456), stored=()) == [
        Drift("tiny", "params", 456, 455, NO_BREAKDOWN)
    ]


def test_the_module_that_differs_most_is_named_for_each_number(compare):
    rows = [
        Row("tiny", "conv", "Conv3d", 441, 110592, 112896),
        Row("tiny", "head", "Linear", 70, 63, 70),
    ]
    counted = replace(COUNTED, params=511, macs=110655, macs_ptflops=112966)
    assert compare(counted=counted, rows=rows) == [
        Drift("tiny", "params", 455, 511, "conv (Conv3d) +49, 2 modules in all"),
        Drift("tiny", "macs", 98360, 110655, "conv (Conv3d) +12,288, 2 modules in all"),
        Drift("tiny", "macs_ptflops", 100415, 112966, "conv (Conv3d) +12,544, 2 modules in all"),
    ]


@pytest.mark.parametrize(
    ("stored", "rows", "params", "where"),
    [
        (ROWS[:1], ROWS, 392, "head (Linear) +63"),
        (ROWS, ROWS[:1], 518, "head (Linear) -63"),
        (ROWS, [ROWS[0]._replace(params=400)], 510, "head (Linear) -63, 2 modules in all"),
        ([ROWS[0], Row("tiny", "", "Tiny", 63, 56, 63)], ROWS[:1], 518, "the network itself"),
    ],
)
def test_a_module_that_comes_or_goes_is_named(compare, stored, rows, params, where):
    (drift, *_) = compare(lock=replace(COUNTED, params=params), stored=stored, rows=rows)
    assert (drift.number, drift.locked, drift.counted) == ("params", params, 455)
    assert drift.where.startswith(where)


def test_a_breakdown_that_was_edited_is_found_though_the_lock_is_right(compare):
    edited = [ROWS[0]._replace(params=393), ROWS[1]]
    assert compare(stored=edited) == [
        Drift("tiny", "params of the breakdown", 456, 455, "conv (Conv3d) -1")
    ]


def test_a_lock_for_another_input_is_found(compare):
    lock = replace(COUNTED, input=(3, 8, 32, 32))
    reason = "the entry's input changed, or the lock's"
    assert compare(lock=lock) == [Drift("tiny", "input", "3x8x32x32", "3x4x32x32", reason)]


def test_a_number_that_is_not_locked_is_found(compare):
    (drift,) = compare(lock=replace(COUNTED, macs_ptflops=None))
    assert drift == Drift("tiny", "macs_ptflops", None, 100415, EDITED)
    assert drift.difference is None


def test_a_drift_is_a_sentence_with_both_numbers():
    drift = Drift("tiny", "params", 456, 455, "conv (Conv3d) -1")
    assert str(drift) == ("tiny: params is locked to 456, and 455 is counted; conv (Conv3d) -1")
    assert drift.difference == -1
    assert str(Drift("tiny", "lock", None, None, UNLOCKED)) == (
        "tiny: no number is locked; `bench check --update` adds them"
    )
