import itertools
import json
import random
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from bench import protocols
from bench.errors import BenchError
from bench.protocols import balance
from bench.records import Dataset, Fold, Video

FROZEN_HASH = "ebd625ac3d832116"

CLASSES = ("anger", "disgust", "fear", "joy", "sadness", "surprise")


def video(subject, number, label):
    return Video(f"toy:{subject}-{number}", f"{subject}/{number}.avi", label, subject)


def uneven(subjects=31, seed=0):
    """As in MMI: few subjects, each with some of the classes, some with several videos of one."""
    draw = random.Random(seed)
    videos = [
        video(f"S{s:02d}", f"{label}-{n}", label)
        for s in range(subjects)
        for label in CLASSES
        for n in range(draw.choice([0, 1, 1, 1, 2, 3]))
    ]
    return Dataset("toy", CLASSES, tuple(sorted(videos, key=lambda v: v.id)))


def two_classes(subjects=4):
    videos = [video(f"s{s}", n, label) for s in range(subjects) for n, label in enumerate("ab")]
    return Dataset("toy", ("a", "b"), tuple(videos))


def message(call, *args, **options):
    with pytest.raises(BenchError) as error:
        call(*args, **options)
    return str(error.value)


def class_deviation(dataset, tests):
    """Sum over folds and classes of the squared distance to an equal share."""
    label = {v.id: v.label for v in dataset.videos}
    counts = np.array([[Counter(label[i] for i in t)[c] for c in CLASSES] for t in tests])
    return ((counts - counts.mean(axis=0)) ** 2).sum()


def round_robin(dataset, folds):
    subjects = sorted({v.subject for v in dataset.videos})
    return [
        [v.id for v in dataset.videos if subjects.index(v.subject) % folds == k]
        for k in range(folds)
    ]


# ------------------------------------------------------------------ subject-<k>-fold


def test_every_video_is_tested_exactly_once():
    dataset = uneven()
    tested = Counter(i for f in protocols.split(dataset, "subject-10-fold").folds for i in f.test)
    assert tested == {v.id: 1 for v in dataset.videos}


def test_a_fold_trains_on_all_that_it_does_not_test():
    dataset = uneven()
    every = {v.id for v in dataset.videos}
    folds = protocols.split(dataset, "subject-10-fold").folds
    assert all(set(f.train) == every - set(f.test) for f in folds)


def test_a_subject_is_never_on_both_sides():
    dataset = uneven()
    subject = {v.id: v.subject for v in dataset.videos}
    folds = protocols.split(dataset, "subject-10-fold").folds
    assert not any({subject[i] for i in f.train} & {subject[i] for i in f.test} for f in folds)


def test_the_order_of_the_videos_plays_no_role():
    dataset = uneven()
    shuffled = list(dataset.videos)
    random.Random(1).shuffle(shuffled)
    again = protocols.split(replace(dataset, videos=tuple(shuffled)), "subject-10-fold")
    assert again == protocols.split(dataset, "subject-10-fold")


def test_another_seed_gives_other_folds():
    dataset = uneven()
    one, other = (protocols.split(dataset, "subject-10-fold", seed=s) for s in (0, 1))
    assert one.hash != other.hash


def test_the_folds_of_a_seed_never_change():
    assert protocols.split(uneven(), "subject-10-fold").hash.startswith(FROZEN_HASH)


@pytest.mark.parametrize("seed", range(5))
def test_the_folds_are_far_better_balanced_than_dealt_in_turn(seed):
    dataset = uneven(seed=seed)
    ours = [fold.test for fold in protocols.split(dataset, "subject-10-fold").folds]
    naive = class_deviation(dataset, round_robin(dataset, 10))
    assert class_deviation(dataset, ours) < naive / 3


def test_fold_sizes_and_subject_counts_are_even():
    dataset = uneven()
    summaries = protocols.describe(protocols.split(dataset, "subject-10-fold"), dataset)
    sizes = [s.test.videos for s in summaries]
    subjects = [s.test.subjects for s in summaries]
    assert max(sizes) - min(sizes) <= 2
    assert (min(subjects), max(subjects)) == (3, 4)


def test_no_assignment_of_few_subjects_is_better():
    draw = random.Random(3)
    counts = {f"s{s}": [draw.randrange(5) for _ in range(3)] for s in range(8)}
    rows = np.array([[*c, sum(c), 1] for c in counts.values()])
    best = min(
        balance.deviation(rows, np.array(owner), 3)
        for owner in itertools.product(range(3), repeat=8)
    )
    found = balance.deal(counts, 3, seed=0)
    assert balance.deviation(rows, np.array([found[s] for s in counts]), 3) == best


def test_no_fold_is_empty_even_beside_a_subject_with_nearly_all_videos():
    counts = {"giant": [500], **{f"s{s}": [1] for s in range(4)}}
    assert set(balance.deal(counts, 5, seed=0).values()) == set(range(5))


def test_more_units_than_can_be_swapped_are_balanced_too():
    counts = {f"v{n}": [int(n % 7 == k) for k in range(7)] for n in range(700)}
    part = balance.deal(counts, 5, seed=0)
    per_class = Counter((part[f"v{n}"], n % 7) for n in range(700))
    assert set(per_class.values()) == {20}


def test_no_single_move_improves_a_greedy_beginning(monkeypatch):
    monkeypatch.setattr(balance, "RESTARTS", 1)
    draw = random.Random(0)
    sizes = [*[1] * 420, *[draw.randrange(20, 60) for _ in range(30)]]
    counts = {f"v{n}": [size] for n, size in enumerate(sizes)}
    part = balance.deal(counts, 4, seed=0)
    rows = np.array([[size, size, 1] for size in sizes])
    owner = np.array([part[f"v{n}"] for n in range(450)])
    found = balance.deviation(rows, owner, 4)
    moved = [
        balance.deviation(rows, np.where(np.arange(450) == n, k, owner), 4)
        for n in range(450)
        for k in range(4)
    ]
    assert min(moved) == found


def test_subject_folds_need_subjects():
    dataset = uneven()
    nameless = tuple(replace(v, subject=None) for v in dataset.videos[:2])
    dataset = replace(dataset, videos=(*nameless, *dataset.videos[2:]))
    assert message(protocols.split, dataset, "subject-3-fold") == (
        f"2 of {len(dataset.videos)} videos of dataset 'toy' have no subject, the first is "
        "'toy:S00-anger-0'; subject-independent folds need one for each. Choose an official or a "
        "given protocol."
    )


@pytest.mark.parametrize("folds", [5, 1, 0])
def test_the_number_of_folds_lies_between_two_and_the_number_of_subjects(folds):
    assert message(protocols.split, two_classes(4), f"subject-{folds}-fold") == (
        f"{folds} folds need at least {max(folds, 2)} subjects and at least 2 folds; dataset 'toy' "
        "has 4. Choose 2 to 4 folds."
    )


def test_a_class_that_one_subject_alone_shows_cannot_be_trained():
    dataset = two_classes(3)
    dataset = replace(
        dataset, classes=("a", "b", "c"), videos=(*dataset.videos, video("s1", 9, "c"))
    )
    assert message(protocols.split, dataset, "loso") == (
        "class 'c' has no training video in fold 2. Choose another protocol or split; a class "
        "needs videos of two subjects at least."
    )


def test_a_class_without_a_test_video_in_one_fold_is_normal():
    dataset = two_classes(3)
    dataset = replace(dataset, videos=dataset.videos[:-1])
    summaries = protocols.describe(protocols.split(dataset, "loso"), dataset)
    assert dict(summaries[2].test.classes) == {"a": 1, "b": 0}


# ------------------------------------------------------------------ other rules


def test_leave_one_subject_out_tests_each_subject_alone_in_order():
    folds = protocols.split(two_classes(3), "loso").folds
    assert [f.test for f in folds] == [(f"toy:s{s}-0", f"toy:s{s}-1") for s in range(3)]


def test_official_folds_are_taken_as_they_are():
    dataset = two_classes(2)
    fold = Fold(0, ("toy:s0-0", "toy:s0-1"), ("toy:s1-0",))
    dataset = replace(dataset, official={"official-train-test": (fold,)})
    assert protocols.split(dataset, "official-train-test").folds == (fold,)


@pytest.mark.parametrize(
    ("name", "source"),
    [("official-5-fold", "the distributor"), ("fan-10-fold", "the rule of its loader")],
)
def test_who_made_the_folds_is_said(name, source):
    dataset = two_classes()
    ids = [v.id for v in dataset.videos]
    folds = (Fold(0, tuple(ids[:4]), tuple(ids[4:])),)
    made = protocols.split(replace(dataset, official={name: folds}), name)
    assert (made.source, made.folds) == (source, folds)


def test_an_unknown_protocol_is_answered_with_the_known_ones():
    assert message(protocols.split, two_classes(), "losso") == (
        "unknown protocol 'losso'. Did you mean 'loso'? Known: given, loso, subject-<k>-fold."
    )


def test_a_split_file_says_which_fold_tests_a_video(tmp_path):
    file = tmp_path / "my split.csv"
    file.write_text("id,fold\ntoy:s0-0,1\ntoy:s0-1,1\ntoy:s1-0,2\ntoy:s1-1,2\n")
    protocol = protocols.split(two_classes(2), "given", file=file)
    assert protocol.name == "given-my-split"
    assert protocol.folds[0] == Fold(0, ("toy:s1-0", "toy:s1-1"), ("toy:s0-0", "toy:s0-1"))
    assert protocol.folds[1] == Fold(1, ("toy:s0-0", "toy:s0-1"), ("toy:s1-0", "toy:s1-1"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "video,fold\na,1\n",
            "{} has the columns video, fold; expected id, fold. Add them as its first line.",
        ),
        ("", "{} has the columns none; expected id, fold. Add them as its first line."),
        ("id,fold\na,one\n", "{} line 2 has the fold 'one'; expected a whole number."),
        (
            "id,fold\na,1\nb,2\na,2\n",
            "{} line 4 has video 'a' a second time; each is tested once. Keep one of the lines.",
        ),
        (
            "fold,id\n1,a\n2\n",
            "{} line 3 names no video. Fill its column id, or remove the line.",
        ),
        (
            "id,fold\na,1\nb,1\n",
            "{} names fewer than 2 folds; the rest of a fold is its training.",
        ),
    ],
)
def test_a_split_file_that_is_wrong_is_refused(tmp_path, text, expected):
    file = tmp_path / "split.csv"
    file.write_text(text)
    assert message(protocols.split, two_classes(), "given", file=file) == expected.format(file)


def test_a_given_protocol_needs_its_file():
    assert message(protocols.split, two_classes(), "given") == (
        "protocol 'given' needs a split file, csv or json. Pass --split FILE."
    )


# ------------------------------------------------------------------ freezing


def test_a_frozen_protocol_thaws_to_itself(tmp_path):
    protocol = protocols.split(uneven(), "subject-10-fold")
    protocols.freeze(protocol, tmp_path / "folds.json")
    assert protocols.thaw(tmp_path / "folds.json") == protocol
    assert protocols.split(uneven(), "given", file=tmp_path / "folds.json") == protocol


def test_a_tampered_protocol_is_refused_with_both_hashes(tmp_path):
    path = tmp_path / "folds.json"
    protocol = protocols.split(two_classes(), "subject-2-fold")
    protocols.freeze(protocol, path)
    body = json.loads(path.read_text())
    body["classes"].reverse()
    path.write_text(json.dumps(body))
    changed = protocols.content_hash(("b", "a"), protocol.folds, "pool")
    assert message(protocols.thaw, path) == (
        f"{path} was changed after it was frozen: its content has the hash {changed[:12]}, it says "
        f"{protocol.hash[:12]}. Restore the file, or freeze new folds under a new name."
    )


def test_a_frozen_name_that_leads_out_of_the_results_is_refused(tmp_path):
    path = tmp_path / "folds.json"
    protocol = protocols.split(two_classes(), "subject-2-fold")
    protocols.freeze(replace(protocol, name="../../elsewhere"), path)
    assert message(protocols.thaw, path) == (
        f"{path} has the name '../../elsewhere', which cannot name a folder; expected letters, "
        f"digits, '-', '_' and '.'."
    )


def test_two_frozen_folds_of_one_number_are_refused(tmp_path):
    path = tmp_path / "folds.json"
    protocol = protocols.split(two_classes(), "subject-2-fold")
    folds = tuple(replace(fold, index=0) for fold in protocol.folds)
    protocols.freeze(replace(protocol, folds=folds), path)
    assert message(protocols.thaw, path) == (
        f"{path} numbers its folds [0, 0]; expected 0, 1, 2, ... in order."
    )


def test_a_protocol_of_another_schema_is_refused(tmp_path):
    path = tmp_path / "folds.json"
    path.write_text('{"schema": 2}')
    assert message(protocols.thaw, path) == (
        f"{path} has schema 2; this version reads 1. Freeze it again."
    )


def test_a_file_that_is_not_there_is_said_without_numbers_of_the_system(tmp_path):
    assert message(protocols.thaw, tmp_path / "a.json") == (
        f"{tmp_path / 'a.json'} is no frozen protocol: No such file or directory. Make one with "
        f"`bench folds NAME --freeze FILE`."
    )
    assert message(protocols.split, two_classes(), "given", file=tmp_path / "a.csv") == (
        f"{tmp_path / 'a.csv'} cannot be read as a split: No such file or directory. Pass a csv "
        f"file, or frozen folds that end in .json."
    )


@pytest.mark.parametrize("text", ["[1, 2]", "{", "not json"])
def test_a_file_that_is_no_protocol_is_named(tmp_path, text):
    path = tmp_path / "folds.json"
    path.write_text(text)
    assert message(protocols.thaw, path).startswith(f"{path} is no frozen protocol: ")


def test_the_hash_covers_folds_classes_label_order_and_combination():
    fold = Fold(0, ("a",), ("b",))
    hashes = {
        protocols.content_hash(("x", "y"), (fold,), "pool"),
        protocols.content_hash(("y", "x"), (fold,), "pool"),
        protocols.content_hash(("x", "z"), (fold,), "pool"),
        protocols.content_hash(("x", "y"), (fold,), "mean"),
        protocols.content_hash(("x", "y"), (Fold(0, ("b",), ("a",)),), "pool"),
    }
    assert len(hashes) == 5


def test_the_hash_does_not_see_the_order_of_ids_within_a_side():
    one = protocols.content_hash(("x",), (Fold(0, ("a", "b"), ("c",)),), "pool")
    assert one == protocols.content_hash(("x",), (Fold(0, ("b", "a"), ("c",)),), "pool")


# ------------------------------------------------------------------ validation


def test_validation_shares_no_subject_with_training_and_loses_no_video():
    dataset = uneven()
    fold = protocols.split(dataset, "subject-10-fold").folds[0]
    train, validation = protocols.validation_part(fold, dataset, seed=0)
    subject = {v.id: v.subject for v in dataset.videos}
    assert sorted((*train, *validation)) == sorted(fold.train)
    assert not {subject[i] for i in train} & {subject[i] for i in validation}


def test_validation_holds_its_share_of_every_class():
    dataset = uneven()
    fold = protocols.split(dataset, "subject-10-fold").folds[0]
    _, validation = protocols.validation_part(fold, dataset, seed=0)
    label = {v.id: v.label for v in dataset.videos}
    whole, part = (Counter(label[i] for i in ids) for ids in (fold.train, validation))
    assert all(abs(part[c] - 0.2 * whole[c]) <= 1.5 for c in CLASSES)


def test_validation_without_subjects_keeps_a_group_together():
    dataset = uneven()
    videos = tuple(replace(v, subject=None, group=v.subject) for v in dataset.videos)
    fold = Fold(0, tuple(v.id for v in videos), ())
    train, validation = protocols.validation_part(fold, replace(dataset, videos=videos), seed=0)
    group = {v.id: v.group for v in videos}
    assert validation
    assert not {group[i] for i in train} & {group[i] for i in validation}


def test_validation_never_takes_a_class_out_of_training():
    rare = (*two_classes(5).videos, video("s2", 9, "c"))
    dataset = Dataset("toy", ("a", "b", "c"), rare)
    fold = Fold(0, tuple(v.id for v in rare), ())
    parts = [protocols.validation_part(fold, dataset, seed=seed) for seed in range(8)]
    assert all("toy:s2-9" in train for train, _ in parts)


def test_validation_is_refused_where_no_subject_can_be_spared():
    dataset = two_classes(1)
    fold = Fold(0, tuple(v.id for v in dataset.videos), ())
    assert message(protocols.validation_part, fold, dataset, seed=0) == (
        "fold 1 has 1 training subjects, and setting a part of them aside for validation always "
        "takes a class out of training. Select the last epoch."
    )
