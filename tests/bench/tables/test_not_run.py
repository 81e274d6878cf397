"""Reported numbers where nobody has run."""

from bench import tables
from tests.bench.tables.golden_runs import predictions, record, request, sections


def test_a_fresh_clone_shows_the_papers_tables_as_not_run():
    found = sections(folds=[], costs=[])
    assert [s.key["table"] for s in found] == [f"Table {n}" for n in range(2, 10)]
    assert tables.render(found, "text").count("not run") == 48


def test_a_dataset_that_was_run_leaves_the_reported_only_tables():
    real = record(request(dataset="mmi", synthetic=False), predictions(0, {0}))
    found = sections(folds=[real], costs=[])
    assert "Table 3" not in {s.key.get("table") for s in found}


def test_a_synthetic_twin_does_not_count_as_a_run():
    twin = record(request(dataset="mmi"), predictions(0, {0}))
    found = sections(folds=[twin], costs=[])
    assert "Table 3" in {s.key.get("table") for s in found}


def test_all_quoted_numbers_can_be_asked_for():
    found = sections("all", folds=[], costs=[])
    assert sum(len(s.rows) for s in found) == 527
