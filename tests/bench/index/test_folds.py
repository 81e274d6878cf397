"""Folds side by side are the folds one by one."""

from dataclasses import replace

import numpy as np
import pytest

from bench import index
from bench.index import Folds, folds_of
from bench.index.folds import Shared
from tests.bench.tables.shelf import answers, fold, request, shelve, system
from tests.records import model

KINDS = ("scored", "no-face", "scored", "fallback")


@pytest.fixture(params=["records", "first", "again"])
def side_by_side(request, tmp_path, monkeypatch):
    """Makes folds of records: of themselves, of their files, or of the index."""
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))

    def made(*records):
        if request.param == "records":
            return folds_of(records)
        shelve(tmp_path / "results", *records)
        if request.param == "again":
            index.load(tmp_path / "results")
        return index.load(tmp_path / "results")[0]

    return made


def mixed():
    """Two systems of three and two classes; one video of the first was not seen."""
    two = {"classes": ("joy", "sad")}
    return [
        fold(request(model("a"), seed=1), answers(4, statuses=KINDS)),
        *system(model("b"), (3, 5), seeds=(0, 1), **two),
    ]


def test_each_fold_is_the_result_of_its_record(side_by_side):
    records = sorted(mixed(), key=lambda r: (r.request.model.name, r.request.seed))
    folds = side_by_side(*records)
    assert len(folds) == len(records) == 5
    for result, record in zip(folds, records, strict=True):
        expected = index.result_of(record, result.file)
        for name, one, two in zip(result._fields, result, expected, strict=True):
            assert np.array_equal(one, two) if name.startswith("counts") else one == two, name
    assert folds[3] is folds[3]
    assert folds[-1].fold == 1


def test_columns_are_what_the_results_hold(side_by_side):
    folds = side_by_side(*mixed())
    assert folds.seeds.tolist() == [r.seed for r in folds]
    assert folds.numbers.tolist() == [r.fold for r in folds]
    assert folds.partly.tolist() == [True, False, False, False, False]
    for name in ("requests", "videos", "statuses", "findings"):
        shared = getattr(folds, name)
        each = [shared.values[n] for n in shared.of]
        assert each == [getattr(r, name.removesuffix("s") if name == "requests" else name)
                        for r in folds]  # fmt: skip
    for part in folds.split(folds.requests.ranked(lambda asked: asked.model.name)):
        assert part.counts.tolist() == [r.counts.tolist() for r in part]
        assert part.counts_seen.tolist() == [r.counts_seen.tolist() for r in part]
        assert np.issubdtype(part.counts.dtype, np.signedinteger)  # differences are below 0


def test_parts_keep_their_order_and_the_same_results(side_by_side):
    folds = side_by_side(*mixed())
    by_number = folds.split(folds.numbers)
    assert [[r.fold for r in part] for part in by_number] == [[0, 0, 0], [1, 1]]
    assert by_number[1][0] is folds[2]
    first, second = by_number
    assert list(second.followed_by([first])) == [folds[n] for n in (2, 4, 0, 1, 3)]
    assert list(folds[1:3]) == [folds[1], folds[2]]
    assert list(folds.taken(folds.numbers == 1)) == list(second)
    assert list(folds.taken(np.array([4, 0]))) == [folds[4], folds[0]]
    assert second.request.model.name == "b"


def test_what_folds_share_is_told_once_in_the_order_of_the_folds():
    shared = Shared(["a", "b", "c", "d"], np.array([2, 0, 2, 1, 2]))
    assert shared.counted() == [("c", 3), ("a", 1), ("b", 1)]
    assert shared.each() == ["c", "a", "b"]
    asked = []
    assert shared.where(lambda value: asked.append(value) or value > "a").tolist() == [
        *(True, False, True, True, True)
    ]
    assert asked == ["a", "b", "c"]
    assert shared.ranked(lambda value: value in "ac").tolist() == [1, 1, 1, 0, 1]
    assert shared.ranked(lambda value: -ord(value)).tolist() == [0, 2, 0, 1, 0]


def test_no_folds_are_no_parts():
    none = folds_of(())
    assert (len(none), list(none), none.split(none.seeds)) == (0, [], [])
    assert (none.requests.each(), none.requests.ranked(id).tolist()) == ([], [])


def test_results_that_are_side_by_side_stay_as_they_are():
    folds = folds_of(mixed())
    assert folds_of(folds) is folds
    again = folds_of(list(folds))
    assert isinstance(again, Folds)
    assert again[0] is folds[0]


def test_results_of_one_request_share_it():
    first, second = system(model(), (3, 4))
    (one, two) = (index.result_of(record) for record in (first, second))
    folds = folds_of([one, two._replace(request=one.request), replace(first, created="2027")])
    assert folds.requests.of.tolist() == [0, 0, 1]
