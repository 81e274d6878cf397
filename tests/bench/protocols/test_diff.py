"""Two protocols set side by side."""

import pytest

from bench.protocols import content_hash
from bench.protocols.diff import Pair, describe, difference, verdict
from bench.records import Fold, Protocol

CLASSES = ("happy", "sad")


def protocol(*sides, classes=CLASSES, combine="pool"):
    """Folds as (train, test) of one letter a video."""
    folds = tuple(Fold(k, tuple(train), tuple(test)) for k, (train, test) in enumerate(sides))
    digest = content_hash(classes, folds, combine)
    return Protocol("mine", "faces", classes, folds, combine, digest, "nobody")


A = protocol(("cdef", "ab"), ("abef", "cd"), ("abcd", "ef"))


def test_the_same_folds_are_equal_and_nothing_is_named():
    found = difference(A, protocol(("fedc", "ba"), ("abef", "cd"), ("abcd", "ef")))
    assert found.equal
    assert describe(found) == ["equal: the same folds"]


def test_folds_in_another_order_are_matched_and_said_to_be_the_same():
    found = difference(A, protocol(("abcd", "ef"), ("cdef", "ab"), ("abef", "cd")))
    assert (found.equal, found.reordered, found.videos) == (False, True, 0)
    assert found.pairs == (Pair(0, 1, 2, 2, 2), Pair(1, 2, 2, 2, 2), Pair(2, 0, 2, 2, 2))
    assert describe(found) == ["different: the same folds in another order"]


def test_folds_go_with_the_ones_that_share_most_tested_videos():
    one, other = protocol(("def", "abc"), ("abc", "def")), protocol(("bcf", "ade"), ("ade", "bcf"))
    assert difference(one, other).pairs == (Pair(0, 1, 3, 3, 2), Pair(1, 0, 3, 3, 2))


def test_a_video_that_only_one_side_has_is_named_with_it():
    found = difference(A, protocol(("cdeg", "ab"), ("abeg", "cd"), ("abcd", "eg")))
    assert describe(found) == [
        "different: 1 video only in A, 1 video only in B",
        "  only in A: f",
        "  only in B: g",
    ]


def test_videos_that_two_folds_exchange_are_tested_in_another_fold():
    found = difference(A, protocol(("bdef", "ac"), ("acef", "bd"), ("abcd", "ef")))
    assert found.pairs == (Pair(0, 0, 2, 2, 1), Pair(1, 1, 2, 2, 1), Pair(2, 2, 2, 2, 2))
    assert describe(found) == [
        "different: 2 videos tested in another fold",
        "  tested in another fold: b (A fold 1, B fold 2), c (A fold 2, B fold 1)",
    ]


def test_a_video_that_is_left_out_of_a_training_side_is_on_another_side():
    found = difference(A, protocol(("cde", "ab"), ("abef", "cd"), ("abcd", "ef")))
    assert describe(found) == [
        "different: 1 video on another side",
        "  on another side: f (fold 1 of A: train, B: none)",
    ]


def test_a_video_that_is_trained_on_and_tested_elsewhere_is_on_another_side():
    one, other = protocol(("ab", "cd")), protocol(("ac", "bd"))
    assert difference(one, other).turned == {"b": (0, "train", "test"), "c": (0, "test", "train")}


def test_folds_without_a_counterpart_are_named():
    found = difference(A, protocol(("ef", "abcd"), ("abcd", "ef")))
    assert (found.pairs, found.alone_a, found.alone_b) == (
        (Pair(0, 0, 2, 4, 2), Pair(2, 1, 2, 2, 2)),
        (1,),
        (),
    )
    assert verdict(found) == (
        "different: 1 fold of A without a counterpart, 2 videos tested in another fold"
    )
    assert describe(found)[1] == "  folds of A without a counterpart: fold 2"


def test_classes_and_the_combination_of_folds_are_compared():
    sides = (("cd", "ab"), ("ab", "cd"))
    found = difference(protocol(*sides), protocol(*sides, classes=("sad", "happy"), combine="mean"))
    assert not found.reordered
    assert describe(found) == [
        "different: other classes, another combination of folds",
        "  classes of A: happy, sad",
        "  classes of B: sad, happy",
        "  folds of A combine by: pool",
        "  folds of B combine by: mean",
    ]


def test_ten_ids_are_named_and_the_rest_is_counted():
    names = "abcdefghijklm"
    found = difference(protocol((names, "z")), protocol(("yx", "z")))
    assert describe(found)[1] == "  only in A: a, b, c, d, e, f, g, h, i, j, and 3 more"


@pytest.mark.parametrize("other", [A, protocol(("ab", "cd"), ("cd", "ab"))])
def test_what_differs_does_not_depend_on_who_is_first(other):
    there, back = difference(A, other), difference(other, A)
    assert (there.only_a, there.alone_a) == (back.only_b, back.alone_b)
    assert {id: pair[::-1] for id, pair in there.moved.items()} == back.moved
