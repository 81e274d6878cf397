import pytest

from bench.datasets import splits
from bench.errors import BenchError
from bench.labels import SEVEN, SIX, class_of, harmonised, shared
from bench.records import Dataset, Video


def faces(name, *labels, **fields):
    videos = (Video(f"{name}:{label}-{k}", "x", label, f"s{k}") for label in labels for k in (0, 1))
    classes = tuple(sorted(labels))
    return Dataset(name, classes, tuple(sorted(videos, key=lambda v: v.id)), **fields)


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Anger", "angry"),
        (" happiness ", "happy"),
        ("joy", "happy"),
        ("FEARFUL", "fear"),
        ("sadness", "sad"),
        ("surprised", "surprise"),
        ("neutral", "neutral"),
        ("calm", None),
        ("contempt", None),
        ("anger_disgust", None),
    ],
)
def test_a_label_is_known_by_its_name(label, name):
    assert class_of(label) == name


def test_a_harmonised_dataset_keeps_the_basic_emotions_and_counts_the_others():
    dataset = faces("ckplus", *SIX, "contempt", left_out={"unlabelled": 5})
    kept = harmonised(dataset, SIX)
    assert kept.classes == SIX
    assert [video.label for video in kept.videos] == [n for n in SIX for _ in range(2)]
    assert kept.left_out == {"unlabelled": 5, "labelled contempt, outside of the label set": 2}
    assert kept.harmonised and not dataset.harmonised


def test_labels_of_ones_own_take_the_names_of_the_classes():
    kept = harmonised(faces("csv", "Anger", "joy"), ("angry", "happy"))
    assert [video.label for video in kept.videos] == ["angry", "angry", "happy", "happy"]


def test_folds_missing_videos_and_doubles_follow_the_videos_that_stay():
    dataset = faces("x", "angry", "contempt", "sad")
    ids = [video.id for video in dataset.videos]
    dataset = Dataset(
        dataset.name,
        dataset.classes,
        dataset.videos,
        missing={"x:angry-0": "gone", "x:contempt-0": "gone", "x:never": "not delivered"},
        official={"official": splits.folds_of(ids, [[ids[0], ids[2]]])},
        doubles=(("x:angry-0", "x:angry-1"), ("x:angry-0", "x:contempt-1")),
    )
    kept = harmonised(dataset, ("angry", "sad"))
    assert kept.missing == {"x:angry-0": "gone", "x:never": "not delivered"}
    (fold,) = kept.official["official"]
    assert (fold.train, fold.test) == (("x:angry-1", "x:sad-0", "x:sad-1"), ("x:angry-0",))
    assert kept.doubles == (("x:angry-0", "x:angry-1"),)


def test_two_datasets_share_the_classes_that_both_have():
    assert shared(faces("mmi", *SIX), faces("dfew", *SEVEN)) == SIX
    assert shared(faces("a", *SEVEN), faces("b", *SEVEN, "calm")) == SEVEN
    assert shared(faces("a", "anger", "joy"), faces("b", "happy", "angry")) == ("angry", "happy")


def test_a_class_that_a_dataset_lacks_is_named():
    with pytest.raises(BenchError) as refused:
        harmonised(faces("mmi", *SIX), SEVEN)
    assert str(refused.value) == (
        "dataset 'mmi' has no class 'neutral'; it has angry, disgust, fear, happy, sad, surprise. "
        "Choose another label set."
    )


def test_datasets_without_a_common_emotion_are_refused():
    with pytest.raises(BenchError) as refused:
        shared(faces("a", "happy", "calm"), faces("b", "bored", "happy"))
    assert str(refused.value) == (
        "fewer than two basic emotions are shared: 'a' has calm, happy; 'b' has bored, happy. A "
        "class is known by its name, as in angry, disgust, fear, happy, neutral, sad, surprise; "
        "rename yours."
    )
