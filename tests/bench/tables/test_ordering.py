"""Orders of rows."""

import pytest

from bench.errors import BenchError
from bench.tables.ordering import ordered
from bench.tables.section import Section


def section(*rows):
    return Section("one", {"data": "real"}, (), tuple(rows), ())


def row(system, **values):
    given = {"folds": 2, "folds_of": 2, "identity": system, "uar": 0.5, "params": None}
    return {"system": system, **given, **values}


def names(by, *rows):
    return [r["system"] for r in ordered([section(*rows)], by)[0].rows]


def test_scores_run_from_the_highest():
    assert names("uar", row("a", uar=0.2), row("b", uar=0.9)) == ["b", "a"]


def test_costs_run_from_the_lowest_and_unknown_ones_come_last():
    rows = row("a", params=None), row("b", params=7), row("c", params=3)
    assert names("params", *rows) == ["c", "b", "a"]


def test_names_do_not_mind_capitals():
    assert names("System", row("b"), row("C"), row("a")) == ["a", "b", "C"]


def test_incomplete_rows_stand_last_in_every_order():
    assert names("uar", row("a", uar=0.9, folds=1), row("b", uar=0.1)) == ["b", "a"]
    assert names("system", row("a", folds=1), row("b")) == ["b", "a"]


def test_latency_is_that_of_the_first_machine():
    column = {"latency_p50_ms@cpu": 3.0, "latency_p50_ms@gpu": 1.0}
    other = {"latency_p50_ms@cpu": 2.0, "latency_p50_ms@gpu": 9.0}
    assert names("latency", row("a", **column), row("b", **other)) == ["b", "a"]


def test_quoted_tables_keep_their_order():
    quoted = Section("two", {"data": "reported"}, (), ({"system": "z"}, {"system": "a"}), ())
    assert ordered([section(row("a")), quoted], "system")[1] == quoted


def test_an_unknown_column_is_answered_with_those_that_are_there():
    with pytest.raises(BenchError) as error:
        names("latency", row("a"))
    assert str(error.value) == ("unknown column to sort by 'latency'. Known: params, system, uar.")
