"""Which stored folds stand behind a row."""

from dataclasses import replace

from bench.index import folds_of
from bench.tables import comparison
from bench.tables.systems import grouped
from tests.bench.tables.shelf import answers, fold, request, system
from tests.records import model


def groups_of(*records):
    results = folds_of(records)
    return grouped(comparison(results, (), ()), results)


def test_each_row_has_its_folds_by_seed_and_number():
    records = system(model(), (3, 4), seeds=(1, 0))
    ((_, (one,)),) = groups_of(*reversed(records))
    assert [(r.seed, r.fold) for r in one.results] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert [len(folds) for folds in one.seeds] == [2, 2]


def test_of_a_fold_that_was_run_again_the_newest_counts():
    old = fold(request(), answers(0), "2026-01-01T00:00:00+00:00")
    new = fold(request(), answers(6), "2026-01-02T00:00:00+00:00")
    ((_, (one,)),) = groups_of(new, old)
    assert [r.created for r in one.results] == ["2026-01-02T00:00:00+00:00"]


def test_results_of_one_identity_in_two_sections_stay_apart():
    one = fold(request(), answers(6))
    asked = replace(one.request, protocol_hash="b" * 64)
    other = replace(one, request=asked, created="2026-02-01T00:00:00+00:00")
    groups = groups_of(one, other)
    assert sorted(s.results[0].created for _, (s,) in groups) == [one.created, other.created]


def test_reported_numbers_have_no_system():
    assert grouped(comparison((), (), ()), ()) == []
