"""The numbers that the paper prints meet the entries that claim to be its networks."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from bench.check.published import Printed, published
from bench.records import Complexity
from bench.tables.reported import load_reported


@pytest.fixture
def entry(request_record):
    return replace(request_record.model, reported_cost=("CEFLNet",))


def counts(**numbers):
    asked = []

    def count(entry, frames):
        asked.append((entry.name, frames))
        return SimpleNamespace(complexity=Complexity(6, (3, 35, 224, 224), **numbers))

    return count, asked


def test_each_printed_number_is_compared_in_its_own_unit(entry):
    count, asked = counts(params=12_828_807, macs_ptflops=63_799_063_525)
    found = [*published([entry], load_reported(), count)]
    assert asked == [("tiny", frames) for frames in (None, 2, 5, 10, 15)]
    assert found[:2] == [
        Printed("Table 8", "CEFLNet", None, "params M", "12.83", 12.828807),
        Printed("Table 8", "CEFLNet", None, "MACs G", "63.80", 63.799063525),
    ]
    assert [(p.frames, p.printed, p.verdict) for p in found[1:]] == [
        (None, "63.80", "equal"),
        (2, "25.52", "+38.28 (+150.0 %)"),
        (5, "63.80", "equal"),
        (10, "127.59", "-63.79 (-50.0 %)"),
        (15, "191.39", "-127.59 (-66.7 %)"),
    ]


def test_an_entry_that_claims_nothing_is_not_compared(entry):
    count, asked = counts(params=1)
    assert [*published([replace(entry, reported_cost=())], load_reported(), count)] == []
    assert asked == []


def test_a_network_that_could_not_be_counted_has_no_number(entry):
    found = [*published([entry], load_reported(), lambda entry, frames: None)]
    assert {(p.measured, p.verdict) for p in found} == {(None, "not counted")}


def test_other_tables_and_other_papers_are_left_alone(entry):
    count, _ = counts(params=1)
    elsewhere = [{**row, "source": "another"} for row in load_reported()]
    other = [row for row in load_reported() if row["table"] not in ("Table 8", "Table 9")]
    assert [*published([entry], elsewhere + other, count)] == []
