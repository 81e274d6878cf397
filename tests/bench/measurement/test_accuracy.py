import math
import random

import numpy as np
import pytest

from bench.errors import BenchError
from bench.measurement import accuracy
from bench.records import Prediction

CLASSES = ("anger", "fear", "joy")
HAND_WORKED = np.array(
    [
        [3, 1, 0, 0],  # anger: 3 of 4
        [1, 1, 0, 0],  # fear: 1 of 2
        [0, 2, 1, 1],  # joy: 1 of 4, one video without an answer
    ]
)


def prediction(true="anger", scores=(0.2, 0.5, 0.3), status="scored"):
    return Prediction("toy:1", "s1", None, true, status, scores)


def random_answers(seed, videos=200, classes=5):
    draw = random.Random(seed)
    true = [draw.randrange(classes) for _ in range(videos)]
    answers = [draw.randrange(-1, classes) for _ in range(videos)]
    return true, answers


def naive_recalls(true, answers, classes):
    """Count by reading, class by class: no array, no matrix."""
    mine = [[a for t, a in zip(true, answers, strict=True) if t == c] for c in range(classes)]
    return [sum(a == c for a in found) / len(found) for c, found in enumerate(mine) if found]


def naive_f1(true, answers, classes):
    """Harmonic mean of precision and recall, 0 where a class is never hit."""
    scores = []
    for c in sorted(set(true)):
        hits = sum(t == a == c for t, a in zip(true, answers, strict=True))
        precision = hits / max(answers.count(c), 1)
        recall = hits / true.count(c)
        scores.append(2 * precision * recall / (precision + recall) if hits else 0.0)
    return sum(scores) / len(scores)


def test_the_predicted_label_is_the_highest_score():
    assert accuracy.predicted(prediction(scores=(0.2, 0.5, 0.3))) == 1


def test_a_tie_goes_to_the_lowest_label():
    assert accuracy.predicted(prediction(scores=(0.2, 0.4, 0.4))) == 1


def test_a_video_without_scores_has_no_answer():
    assert accuracy.predicted(prediction(scores=())) == accuracy.NO_ANSWER


def test_a_confusion_counts_true_rows_and_predicted_columns():
    counts = accuracy.confusion(["joy", "joy", "fear"], [0, 0, 1], CLASSES)
    assert counts.tolist() == [[0, 0, 0, 0], [0, 1, 0, 0], [2, 0, 0, 0]]


def test_a_video_without_an_answer_falls_in_the_last_column():
    counts = accuracy.confusion(["fear"], [accuracy.NO_ANSWER], CLASSES)
    assert counts.tolist() == [[0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0]]


def test_war_counts_the_unanswered_video_as_wrong():
    assert accuracy.war(HAND_WORKED) == pytest.approx(5 / 10)


def test_uar_is_the_mean_of_the_class_recalls():
    assert accuracy.uar(HAND_WORKED) == pytest.approx((3 / 4 + 1 / 2 + 1 / 4) / 3)


def test_macro_f1_is_the_mean_of_the_class_f1():
    by_hand = (2 * 3 / (4 + 4) + 2 * 1 / (2 + 4) + 2 * 1 / (4 + 1)) / 3
    assert accuracy.macro_f1(HAND_WORKED) == pytest.approx(by_hand)


def test_a_class_without_a_video_has_no_recall_and_stays_out_of_the_mean():
    counts = accuracy.confusion(["anger", "anger", "fear"], [0, 2, 1], CLASSES)
    assert accuracy.recalls(counts)[:2].tolist() == [0.5, 1.0]
    assert math.isnan(accuracy.recalls(counts)[2])
    assert accuracy.uar(counts) == pytest.approx(0.75)
    assert accuracy.macro_f1(counts) == pytest.approx((2 / 3 + 1) / 2)


@pytest.mark.parametrize("seed", range(5))
def test_the_scores_agree_with_a_naive_count(seed):
    true, answers = random_answers(seed)
    counts = accuracy.confusion([f"c{t}" for t in true], answers, [f"c{k}" for k in range(5)])
    recalls = naive_recalls(true, answers, 5)
    hits = sum(t == a for t, a in zip(true, answers, strict=True))
    assert accuracy.war(counts) == pytest.approx(hits / len(true))
    assert accuracy.recalls(counts).tolist() == pytest.approx(recalls)
    assert accuracy.uar(counts) == pytest.approx(sum(recalls) / len(recalls))
    assert accuracy.macro_f1(counts) == pytest.approx(naive_f1(true, answers, 5))


def test_the_official_denominator_holds_what_the_seen_one_leaves_out():
    answers = [
        prediction("anger", (0.9, 0.1, 0.0)),
        prediction("fear", (0.1, 0.9, 0.0), "fallback"),
        prediction("joy", (), "no-face"),
        prediction("fear", (), "unreadable"),
    ]
    official = accuracy.count(answers, CLASSES)
    seen = accuracy.count(accuracy.seen(answers), CLASSES)
    assert (official.sum(), seen.sum()) == (4, 2)
    assert (accuracy.war(official), accuracy.war(seen)) == (0.5, 1.0)


def test_a_foreign_class_is_named():
    with pytest.raises(BenchError) as error:
        accuracy.confusion(["angre"], [0], CLASSES)
    assert str(error.value) == (
        "unknown class 'angre'. Did you mean 'anger'? Known: anger, fear, joy."
    )


@pytest.mark.parametrize("score", [accuracy.war, accuracy.uar, accuracy.macro_f1])
def test_nothing_to_score_is_an_error(score):
    with pytest.raises(BenchError, match="no class has a test video"):
        score(np.zeros((3, 4), dtype=np.int64))
