import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.datasets.splits import (
    class_blocks,
    every_nth,
    first_share,
    folds_of,
    runs,
    subject_blocks,
    verified,
)
from bench.errors import BenchError
from bench.records import Fold

LABELS = {f"{n:05d}": "happy" if n % 3 else "sad" for n in range(1, 18)}


def test_a_fold_trains_on_what_it_does_not_test():
    assert folds_of("dcba", ["ab", "c"]) == (
        Fold(0, ("c", "d"), ("a", "b")),
        Fold(1, ("a", "b", "d"), ("c",)),
    )


def test_blocks_run_through_the_sorted_ids_of_each_class():
    tests = class_blocks(LABELS, 5)
    happy = sorted(id for id, label in LABELS.items() if label == "happy")
    sad = sorted(id for id, label in LABELS.items() if label == "sad")
    assert [len(happy), len(sad)] == [12, 5]
    assert [sorted(test & {*happy}) for test in tests] == [
        happy[0:3], happy[3:6], happy[6:8], happy[8:10], happy[10:12],
    ]  # fmt: skip
    assert [sorted(test & {*sad}) for test in tests] == [[id] for id in sad]


@given(
    st.dictionaries(st.text("0123456789", min_size=1), st.sampled_from("xyz")), st.integers(2, 6)
)
def test_blocks_test_every_id_once_and_no_class_is_uneven(labels, parts):
    tests = class_blocks(labels, parts)
    assert sorted(id for test in tests for id in test) == sorted(labels)
    for name in set(labels.values()):
        sizes = [sum(labels[id] == name for id in test) for test in tests]
        assert max(sizes) - min(sizes) <= 1
        assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize(("count", "tested"), [(1, 1), (4, 1), (5, 1), (6, 2), (10, 2), (15, 3)])
def test_the_first_fifth_of_a_group_is_rounded_up(count, tested):
    groups = {f"Action/Sad/{n:04d}": "Action/Sad" for n in range(count)}
    assert first_share(groups, 0.2) == {f"Action/Sad/{n:04d}" for n in range(tested)}


def test_subjects_are_tested_in_their_blocks():
    subjects = {"a1": "1", "a2": "1", "b1": "2", "c1": "3"}
    assert subject_blocks(subjects, [["1", "3"], ["2", "9"]]) == [{"a1", "a2", "c1"}, {"b1"}]


def test_runs_are_consecutive_and_the_last_takes_the_rest():
    assert runs("gfedcba", (2, 2, 2)) == [["a", "b"], ["c", "d"], ["e", "f", "g"]]


def test_every_nth_deals_sorted_names_in_turn():
    assert every_nth("gfedcba", 3) == [["a", "d", "g"], ["b", "e"], ["c", "f"]]


def test_a_list_that_follows_the_rule_is_taken():
    rule = folds_of("abcd", ["ab", "cd"])
    assert verified(rule, rule, "set_1.csv") == rule


def test_a_list_that_differs_is_refused_with_the_count():
    rule, given = folds_of("abcd", ["ab", "cd"]), folds_of("abcd", ["ac", "bd"])
    with pytest.raises(BenchError) as error:
        verified(given, rule, "set_1.csv")
    assert str(error.value) == (
        "set_1.csv differs from the official split in 2 ids of fold 1, the first is 'b'. Restore "
        "the distributor's files, or pass your own with --split."
    )


def test_a_list_with_other_training_ids_is_refused_too():
    rule = folds_of("abcd", ["ab", "cd"])
    short = (Fold(0, ("c",), ("a", "b")), rule[1])
    with pytest.raises(BenchError, match="in 1 ids of fold 1, the first is 'd'"):
        verified(short, rule, "set_1.csv")


def test_a_fold_too_few_is_refused():
    rule = folds_of("abcd", ["ab", "cd"])
    with pytest.raises(BenchError) as error:
        verified(rule[:1], rule, "the lists of dfew")
    assert str(error.value) == (
        "the lists of dfew: 1 folds; the official split has 2. Restore the distributor's files."
    )
