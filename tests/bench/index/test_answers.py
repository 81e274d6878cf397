"""The csv of a fold is read by its text as it is read by its cells, or not at all."""

import csv
import io
import random

import numpy as np
import pytest

from bench.index.answers import answers, sheet_of
from bench.index.cutting import UnusualError

CLASSES = ("anger", "fear", "joy")
HEAD = (
    "video,subject,group,true,status,score:anger,score:fear,score:joy,"
    "frames,spans,clip_scores,apex,attributes\n"
)


def table(*scores, status="scored", true="fear"):
    """One video a line, with these texts as scores."""
    lines = (
        f"faces:{n},s{n},,{true},{status},{','.join(each)},1 2,1-3,,,\n"
        for n, each in enumerate(scores)
    )
    return HEAD + "".join(lines)


def confusion(pack):
    return np.frombuffer(pack, dtype=np.uint32).reshape(3, 4)


def label(scores):
    """What `csv` and `float` make of it."""
    (row,) = csv.DictReader(io.StringIO(table(scores)))
    numbers = [float(row[f"score:{name}"]) for name in CLASSES]
    return numbers.index(max(numbers))


def answered(scores):
    text = table(scores)
    counts = confusion(answers(text, sheet_of(text, CLASSES)).counts)
    return int(counts[1].argmax())


@pytest.mark.parametrize(
    "scores",
    [
        ("0.2", "0.5", "0.3"),
        ("0.25", "0.5", "0.250000001"),
        ("9.9e-05", "0.5", "0.4999"),
        ("1", "2e-10", "1e-12"),
        ("0", "1", "0"),
        ("0.5", "0.5", "0"),
        ("0.50", "0.5", "0.500"),
        ("0.5", "0.50", "0.500"),
        ("-3.5", "-0.25", "-1e-07"),
        ("-3.5", "0.001", "-12"),
        ("12.5", "3.75", "0.125"),
        ("1e-05", "2e-06", "3e-05"),
        ("inf", "0.5", "-inf"),
    ],
)
def test_the_highest_score_is_that_of_the_numbers(scores):
    assert answered(scores) == label(scores)


def test_scores_of_any_size_as_we_write_them_are_told_apart():
    draws = random.Random(0)
    for _ in range(3000):
        powers = [draws.choice((0, 0, 1, 3, 9, 30)) for _ in CLASSES]
        values = [draws.choice((1, 1, -1)) * draws.random() ** power for power in powers]
        if draws.random() < 0.2:
            values[draws.randrange(3)] = values[draws.randrange(3)]
        scores = tuple(f"{value:.9g}" for value in values)
        assert answered(scores) == label(scores), scores


def test_a_video_without_scores_is_no_class_and_not_seen():
    text = table(("0.2", "0.5", "0.3")) + "faces:9,s9,,joy,no-face,,,,1 2,1-3,,,\n"
    found = answers(text, sheet_of(text, CLASSES))
    assert found.statuses == "scored no-face"
    assert confusion(found.counts).tolist() == [[0] * 4, [0, 1, 0, 0], [0, 0, 0, 1]]
    assert confusion(found.counts_seen).tolist() == [[0] * 4, [0, 1, 0, 0], [0] * 4]


def test_where_all_were_seen_nothing_is_said_twice():
    text = table(("0.2", "0.5", "0.3"), status="fallback")
    assert answers(text, sheet_of(text, CLASSES)).counts_seen == b""


def test_a_file_of_other_videos_is_not_read_by_the_same_sheet():
    sheet = sheet_of(table(("0.2", "0.5", "0.3")), CLASSES)
    for other in (
        table(("0.2", "0.5", "0.3"), true="joy"),
        table(("0.2", "0.5", "0.3"), ("0.2", "0.5", "0.3")),
        table(("0.2", "0.5", "0.3")).replace("score:joy", "score:awe"),
        HEAD,
        "",
    ):
        with pytest.raises(UnusualError):
            answers(other, sheet)


@pytest.mark.parametrize(
    "scores",
    [
        ("0.1", "0.2"),
        ("x", "0.1", "0.2"),
        ("0.5", "", "0.2"),
        ("", "0.5", "0.2"),
        ("0.5", "0.2", "-"),
    ],
)
def test_a_score_that_is_no_number_is_refused(scores):
    text = table(scores)
    with pytest.raises(ValueError, match="could not convert string to float"):
        answers(text, sheet_of(text, CLASSES))


@pytest.mark.parametrize("text", [HEAD, table(("0.1", "0.2", "0.3")).replace("faces:0", '"a, b"')])
def test_what_is_not_as_we_write_it_has_no_sheet(text):
    with pytest.raises(UnusualError):
        sheet_of(text, CLASSES)
