"""t-SNE of features."""

import numpy as np
import pytest

from bench.companions import FEATURES
from bench.errors import BenchError
from bench.figures.drawing import content
from bench.figures.embedding import embed, embeddings
from bench.figures.groups import groups

TRUE = "aaahhhsss"
KEPT = {FEATURES: "f" * 64}


@pytest.fixture
def features():
    """Three tight heaps far apart; the last video has no features."""
    heaps = np.repeat(np.eye(3), 3, axis=0) * 10
    found = (heaps + np.random.default_rng(0).normal(0, 0.01, (9, 3))).astype(np.float16)
    found[-1] = np.nan
    return lambda _record: found


def test_heaps_stay_heaps_and_their_silhouette_is_that_of_the_features(features):
    found = embed(features(None), [{"a": "angry", "h": "happy", "s": "sad"}[x] for x in TRUE])
    assert found.points.shape == (8, 2)
    assert found.silhouette > 0.99
    assert found.left_out == 1


def test_every_class_has_a_colour_and_a_marker_of_its_own(plant, features):
    fold = plant(true=TRUE, answered=TRUE, beside=KEPT)
    (drawing,) = embeddings(groups([fold]), features)
    (axes,) = drawing.figure.axes
    assert [(line.get_label(), len(line.get_xdata())) for line in axes.lines] == [
        ("angry", 3),
        ("happy", 3),
        ("sad", 2),
    ]
    assert len({(line.get_color(), line.get_marker()) for line in axes.lines}) == 3
    assert axes.get_title() == "Tiny, silhouette 1.00"
    assert "test videos of fold 1 (fold-0), seed 0" in drawing.figure.get_supxlabel()
    assert "Tiny: 8 videos, silhouette 0.999, 1 without features." in drawing.caption


def test_one_panel_is_one_fold_of_one_seed(plant, features):
    folds = [
        plant(m, index=k, true=TRUE, answered=TRUE, beside=KEPT) for m in ("a", "b") for k in (0, 1)
    ]
    (drawing,) = embeddings(groups(folds), features, fold=1)
    assert len(drawing.figure.axes) == 2
    assert drawing.name.endswith("-fold-1-seed-0")


def test_the_same_features_give_the_same_bytes(plant, features):
    fold = plant(true=TRUE, answered=TRUE, beside=KEPT)
    first, second = (embeddings(groups([fold]), features)[0] for _ in range(2))
    assert content(first.figure, "png") == content(second.figure, "png")


def test_without_features_the_command_is_said(plant):
    with pytest.raises(BenchError) as caught:
        embeddings(groups([plant()]), lambda _: None, fold=1, seed=2)
    assert str(caught.value) == (
        "no features are stored of seed 2, fold 2 (fold-1). Run `bench run --model NAME --dataset "
        "NAME --record-features` first, or choose another with --fold and --seed."
    )


def test_too_few_videos_are_refused(plant):
    with pytest.raises(BenchError) as caught:
        embed(np.ones((3, 2), np.float16), ["angry", "angry", "sad"])
    assert str(caught.value) == (
        "3 videos of 2 classes have features; expected at least 5 of at least 2, some of one "
        "class. Choose a larger fold with --fold."
    )
