"""A dataset in a shared label set, as a list of one's own."""

from dataclasses import replace

import pytest

from bench.datasets import manifest as listed
from bench.label_map import Mapped, fold_numbers, label_map, manifest, unsaid
from bench.labels import SEVEN, SIX, harmonised
from bench.records import Dataset, Fold, Video

LABELS = ("angry", "anxiety", "disgust", "fear", "happy", "neutral", "sad", "surprise")


@pytest.fixture
def films():
    """Two clips of each label; fold 1 tests the first ones, fold 2 the others."""
    videos = tuple(
        Video(f"films:{label}-{k}", f"clips/{label}, {k}.mp4", label, subject=f"s{k}", group="a")
        for label in LABELS
        for k in (1, 2)
    )
    first, second = ([v.id for v in videos if v.subject == f"s{k}"] for k in (1, 2))
    folds = (Fold(0, tuple(second), tuple(first)), Fold(1, tuple(first), tuple(second)))
    return Dataset("films", LABELS, videos, official={"official": folds})


def test_each_label_is_shown_with_its_class_or_without_one(films):
    rows = {one.label: one for one in label_map(films, SIX)}
    assert tuple(rows) == LABELS
    assert rows["fear"] == Mapped("fear", "fear", 2)
    assert rows["anxiety"] == Mapped("anxiety", None, 2)
    assert rows["neutral"] == Mapped("neutral", None, 2)
    assert label_map(films, SEVEN)[5] == Mapped("neutral", "neutral", 2)


def test_the_list_is_read_back_with_labels_subjects_and_folds(films, tmp_path):
    mapped = harmonised(films, SIX)
    for video in mapped.videos:
        (tmp_path / video.path).parent.mkdir(exist_ok=True)
        (tmp_path / video.path).touch()
    (tmp_path / "manifest.csv").write_text(manifest(mapped, fold_numbers(mapped, "official")))
    found = listed.load(tmp_path)
    assert found.classes == SIX
    assert sorted((v.path, v.label, v.subject, v.group) for v in found.videos) == sorted(
        (v.path, v.label, v.subject, v.group) for v in mapped.videos
    )
    path_of = {video.id: video.path for video in (*mapped.videos, *found.videos)}
    assert [{path_of[id] for id in fold.test} for fold in found.official["given-fold"]] == [
        {path_of[id] for id in fold.test} for fold in mapped.official["official"]
    ]


def test_without_folds_subjects_and_apexes_the_cells_are_empty_or_not_there(films):
    one, two = films.videos[:2]
    videos = (replace(one, subject=None, group=None, apex=(4, 9)), two)
    assert manifest(replace(films, videos=videos), {}) == (
        "path,label,subject,group,apex_first,apex_last\n"
        '"clips/angry, 1.mp4",angry,,,4,9\n'
        '"clips/angry, 2.mp4",angry,s2,a,,\n'
    )
    assert manifest(replace(films, videos=(two,)), {}) == (
        'path,label,subject,group\n"clips/angry, 2.mp4",angry,s2,a\n'
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda first, second: (first,),
        lambda first, second: (first, replace(second, test=second.test[1:])),
        lambda first, second: (first, replace(second, train=second.train[1:])),
        lambda first, second: (first, second, second),
    ],
)
def test_folds_that_a_list_cannot_say_are_left_out(films, change):
    folds = change(*films.official["official"])
    assert fold_numbers(replace(films, official={"official": folds}), "official") == {}


def test_folds_that_a_rule_computes_are_left_to_it(films):
    assert fold_numbers(films, "subject-2-fold") == {}


def test_what_a_list_cannot_say_is_counted(films):
    first, second, *rest = films.videos
    videos = (replace(first, rotation=90), replace(second, panes=2, rotation=180), *rest)
    assert unsaid(replace(films, videos=videos)) == [
        "2 of 16 videos are stored turned, which a list does not say",
        "1 of 16 videos are stored with several views in one picture, which a list does not say",
    ]
    assert unsaid(films) == []


def test_the_start_of_a_file_is_left_out_of_the_list_and_counted(films):
    first, second = films.videos[0], films.videos[10]
    start = replace(first, id="films:start", label="neutral", limit=1)
    both = replace(films, videos=(first, second, start))
    assert manifest(both, {}) == manifest(replace(films, videos=(first, second)), {})
    assert unsaid(both) == [
        "1 of 3 videos are the first frames of a file, which a list cannot say: they are left out "
        "of it"
    ]
