import shutil
from collections import Counter
from dataclasses import replace
from io import BytesIO
from xml.etree.ElementTree import fromstring

import pytest
from openpyxl import load_workbook

from bench.audit import audit
from bench.datasets.check import check
from bench.protocols import split
from bench.registry import load
from bench.sources import open_dataset
from bench.synthesis.layouts import afew, caer, dealing, dfew, ferv39k, folder, mafw, manifest
from bench.synthesis.layouts.workbook import workbook
from bench.synthesis.twin import write
from tests.brief_twins import brief

MODULES = {
    "afew": afew,
    "caer": caer,
    "csv": manifest,
    "dfew": dfew,
    "ferv39k": ferv39k,
    "folder": folder,
    "mafw": mafw,
}
NAMES = [*MODULES, "mafw-compound"]
EXPRESSIONS = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")
KINDS = ("original", "clip_224x224", "clip_224x224_16f")
SIDES = ("Train", "Val")


def listed(root, layout):
    """The tree of a layout without pixels."""
    for shot in layout.shots:
        place = root / (shot.image(shot.first) if shot.images else shot.path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    for path, content in layout.files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    for path in layout.folders:
        (root / path).mkdir(parents=True, exist_ok=True)
    return root


@pytest.fixture
def small(tmp_path):
    """Lists the smallest tree of a dataset."""
    return lambda name: listed(tmp_path / name, MODULES[name].plan(1, False))


@pytest.fixture
def published(tmp_path):
    """Lists the full tree of a dataset; of its videos those below one folder, without images."""

    def tree(name, only=""):
        layout = MODULES[name].plan(1, True)
        shots = [shot for shot in layout.shots if shot.path.startswith(only)]
        clips = tuple(shot.path for shot in shots if shot.images)
        films = tuple(shot for shot in shots if not shot.images)
        return listed(tmp_path / name, replace(layout, shots=films, folders=clips))

    yield tree
    shutil.rmtree(tmp_path)


def opened(name, root):
    entry = load().dataset(name)
    dataset = open_dataset(entry, root)
    return entry, dataset, split(dataset, entry.protocol)


def labels_of(dataset, ids):
    labels = {video.id: video.label for video in dataset.videos}
    return Counter(labels[id] for id in ids)


@pytest.mark.parametrize("name", MODULES)
def test_a_drawn_twin_is_clean_and_passes_the_audit(name, tmp_path):
    root = tmp_path / name
    write(name, brief(MODULES[name].plan, frames=(2, 3)), root, subjects=1, workers=1)
    for asked in ("mafw", "mafw-compound") if name == "mafw" else (name,):
        entry, dataset, protocol = opened(asked, root)
        assert dataset.synthetic
        report = check(dataset, entry, root)
        assert report.clean, report
        kinds = Counter(finding.kind for finding in audit(protocol, dataset))
        assert kinds["known"] == (2 if name == "afew" else 0)
        assert kinds["allowed"] == 0


@pytest.mark.parametrize("name", NAMES)
def test_every_class_is_on_both_sides_of_every_fold(name, small):
    _, dataset, protocol = opened(name, small(name.removesuffix("-compound")))
    for fold in protocol.folds:
        assert labels_of(dataset, fold.train).keys() == {*dataset.classes}
        assert labels_of(dataset, fold.test).keys() == {*dataset.classes}


@pytest.mark.parametrize("name", ["caer", "dfew", "ferv39k", "mafw"])
def test_nobody_is_seen_in_two_clips(name):
    shots = MODULES[name].plan(3, False).shots
    people = {}
    for shot in shots:
        people.setdefault(shot.person, set()).add(shot.take or shot.path)
    assert {len(takes) for takes in people.values()} == {1}


@pytest.mark.parametrize("name", MODULES)
def test_as_many_people_as_asked_take_part_and_nothing_is_there_twice(name):
    layout = MODULES[name].plan(8, False)
    assert len({shot.person for shot in layout.shots}) >= 8
    paths = [*(shot.path for shot in layout.shots), *layout.files, *layout.folders]
    assert len({*paths}) == len(paths)
    assert {shot.expression for shot in layout.shots} == {*EXPRESSIONS}


def test_afew_has_the_two_known_ids_in_both_splits(small):
    _, dataset, _ = opened("afew", small("afew"))
    labels = {video.id: video.label for video in dataset.videos}
    assert [labels[f"afew:{split}/001703120"] for split in ("train", "val")] == ["sad", "happy"]
    assert [labels[f"afew:{split}/005153760"] for split in ("train", "val")] == [
        "disgust",
        "surprise",
    ]
    assert dataset.notes[1] == ("In Train and in Val, as different videos: 001703120, 005153760.")


def test_only_the_known_ids_of_afew_share_a_film_across_the_splits():
    files = afew.plan(20, False).files
    train, val = (
        {clip.get("MovieTitle") for clip in fromstring(files[f"{side}_AFEW/{side}_6.xml"])}
        for side in SIDES
    )
    assert train & val == {"Film of 001703120", "Film of 005153760"}


def test_the_audit_warns_of_the_films_that_the_known_ids_of_afew_share(small):
    _, dataset, protocol = opened("afew", small("afew"))
    assert [finding.text for finding in audit(protocol, dataset)][2] == (
        "fold 1 of 'official' has 2 films or recordings on both sides, the first is 'Film of "
        "001703120', with 2 videos in train and 2 in test."
    )


def test_afew_is_read_by_its_aligned_faces_but_for_a_clip_a_split(small):
    _, dataset, _ = opened("afew", small("afew"))
    faces = {
        "train": "Train_AFEW/AlignedFaces_LBPTOP_Points/AlignedFaces_LBPTOP_Points/Faces",
        "val": "Val_AFEW/AlignedFaces_LBPTOP_Points_Val/Faces",
    }
    rest = [
        video
        for video in dataset.videos
        if not video.path.startswith(faces[video.attributes["split"]] + "/")
    ]
    assert [video.path.endswith(".avi") for video in rest] == [True, True]
    assert {video.attributes["split"] for video in rest} == {"train", "val"}
    assert dataset.left_out == {"clip of Test, which has no labels": 2}


def test_an_actor_of_afew_looks_the_same_in_all_clips():
    shots = afew.plan(8, False).shots
    clips = Counter(
        shot.person for shot in shots if "Train_AFEW" in shot.path and ".avi" in shot.path
    )
    assert Counter(clips.values()) == {2: 27, 1: 2}


def test_afew_has_the_published_clips_listed_without_pixels(tmp_path):
    layout = write("afew", afew.plan, tmp_path / "afew", full=True)
    assert len(layout.shots) == 773 + 383 + 593 + 771 + 381
    _, dataset, protocol = opened("afew", tmp_path / "afew")
    (fold,) = protocol.folds
    for side, counts in (
        (fold.train, (133, 74, 81, 150, 144, 117, 74)),
        (fold.test, (64, 40, 46, 63, 63, 61, 46)),
    ):
        assert labels_of(dataset, side) == dict(zip(EXPRESSIONS, counts, strict=True))
    assert (len(fold.train), len(fold.test)) == (773, 383)
    assert dataset.left_out == {"clip of Test, which has no labels": 593}
    pixels = Counter(video.attributes["pixels"] for video in dataset.videos)
    assert pixels == {"aligned": 771 + 381, "video": 4}


def test_the_numbers_of_caer_start_anew_in_every_folder():
    places = Counter(shot.path.rpartition("/")[2] for shot in caer.plan(20, False).shots)
    assert places == {
        **{f"{n:04}.avi": 21 for n in (1, 2)},
        **{f"{n:04}.avi": 14 for n in (3, 4)},
        **{f"{n:04}.avi": 7 for n in range(5, 15)},
    }


def test_caer_has_the_clips_that_people_recall(published):
    _, dataset, _ = opened("caer", published("caer"))
    splits = Counter(video.attributes["split"] for video in dataset.videos)
    assert sum(splits.values()) == 13201
    assert splits == {"train": 9239, "validation": 1317, "test": 2645}


def test_dfew_spells_folders_and_numbers_in_two_ways(small):
    lists = small("dfew") / "EmoLabel_DataSplit"
    assert sorted(path.name for path in lists.iterdir()) == [
        "test(single_labeled)",
        "train(single-labeled)",
    ]
    odd, even = (
        (lists / "train(single-labeled)" / f"set_{fold}.csv").read_text().split("\n")
        for fold in (1, 2)
    )
    assert odd[:2] == ["video_name,label", "00008,1"]
    assert even[:2] == ["video_name,label", "1,1"]


def test_dfew_has_clips_without_a_single_label_and_without_a_face(small):
    root = small("dfew")
    _, dataset, _ = opened("dfew", root)
    assert dataset.left_out == {
        "without a single label": 2,
        "single-labelled, without a usable face": 1,
    }
    counts = [len([*(root / "Clip" / kind).iterdir()]) for kind in KINDS]
    assert counts == [38, 36, 36]


def test_ten_people_voted_for_each_clip_of_dfew(small):
    sheet = load_workbook(small("dfew") / "Annotation/annotation.xlsx").worksheets[0]
    header, *rows = sheet.values
    assert header[0] == "1happy" and header[6:] == ("7fear", "order", "label")
    assert [row[7] for row in rows] == [*range(1, 39)]
    for row in rows:
        assert sum(row[:7]) == 10
        assert (row.index(max(row[:7])) + 1 == row[8]) if row[8] else max(row[:7]) < 5


def test_dfew_names_its_frames_as_each_kind_does():
    shots = {shot.path: shot for shot in dfew.plan(5, False).shots}
    aligned, resampled = (shots[f"Clip/{kind}/00001"] for kind in KINDS[1:])
    assert aligned.image(aligned.first) == "Clip/clip_224x224/00001/00001_00001.jpg"
    assert resampled.image(resampled.first) == "Clip/clip_224x224_16f/00001/1.jpg"
    assert resampled.frames == (16, 16)


def test_dfew_has_the_published_clips_in_every_fold(published):
    _, dataset, protocol = opened("dfew", published("dfew", "Clip/clip_224x224/"))
    counts = {"happy": 2445, "sad": 1894, "neutral": 2669, "angry": 2173}
    counts |= {"surprise": 1469, "disgust": 145, "fear": 902}
    assert Counter(video.label for video in dataset.videos) == counts
    assert [len(fold.test) for fold in protocol.folds] == [2341, 2341, 2340, 2339, 2336]
    assert [len(fold.train) for fold in protocol.folds] == [9356, 9356, 9357, 9358, 9361]
    assert dataset.left_out == {
        "without a single label": 16372 - 12059,
        "single-labelled, without a usable face": 12059 - 11697,
    }
    kinds = Counter(shot.path.split("/")[1] for shot in dfew.plan(1, True).shots)
    assert kinds == dict(zip(KINDS, (16372, 15906, 15906), strict=True))


def test_ferv39k_is_nested_and_its_lists_have_no_header(small):
    root = small("ferv39k") / "FERV39k"
    assert sorted(path.name for path in root.iterdir()) == [
        "2_ClipsforFaceCrop-002",
        "3_ClipsforScenImages",
        "4_setups",
    ]
    test = (root / "4_setups/All_scenes/test_All.csv").read_text()
    assert test.startswith("Action/Happy/0000 Happy\nAction/Sad/0000 Sad\n")
    scenes = sorted(path.name for path in (root / "4_setups/22_scenes").iterdir())
    assert scenes == ["test_Action.csv", "test_Argue.csv", "train_Action.csv", "train_Argue.csv"]


def test_a_clip_of_each_group_of_ferv39k_has_eight_frames():
    shots = ferv39k.plan(8, False).shots
    lengths = Counter((shot.path.endswith("/0000"), shot.frames) for shot in shots)
    assert lengths == {(True, (8, 8)): 14, (False, (16, 28)): 42}
    assert shots[0].image(0).endswith("2_ClipsforFaceCrop/Action/Happy/0000/00.jpg")


def test_ferv39k_has_the_published_clips_on_both_sides(published):
    _, dataset, protocol = opened("ferv39k", published("ferv39k"))
    (fold,) = protocol.folds
    names = ("happy", "sad", "neutral", "angry", "surprise", "disgust", "fear")
    train = (5854, 5523, 7790, 5906, 2502, 1833, 1680)
    test = (1473, 1393, 1958, 1487, 638, 467, 431)
    assert labels_of(dataset, fold.train) == dict(zip(names, train, strict=True))
    assert labels_of(dataset, fold.test) == dict(zip(names, test, strict=True))
    groups = {(video.attributes["scene"], video.label) for video in dataset.videos}
    assert len(groups) == 154


def test_mafw_writes_captions_in_gbk_with_tabs_and_without_neutral_clips():
    files = mafw.plan(5, False).files
    for name in ("single", "compound"):
        told = files[f"Train & Test Set/{name}/with_caption/set_1/test.txt"].decode("gbk")
        lines = [line.split("\t") for line in told.splitlines()]
        plain = files[f"Train & Test Set/{name}/no_caption/set_1/test.txt"].decode()
        without = [line.split(" ") for line in plain.splitlines() if "neutral" not in line]
        assert [len(line) for line in lines] == [4] * len(lines)
        assert [line[:2] for line in lines] == without


def test_mafw_without_its_plain_lists_is_read_by_the_captions(small):
    root = small("mafw")
    lists = root / "Train & Test Set/single/no_caption"
    lists.rename(root / "away")
    dataset = open_dataset(load().dataset("mafw"), root)
    assert Counter(video.label for video in dataset.videos)["neutral"] == 0
    assert len(dataset.videos) == 50
    assert dataset.official == {}


def test_mafw_has_compound_classes_beside_the_single_ones(small):
    _, dataset, _ = opened("mafw-compound", small("mafw"))
    assert [name for name in dataset.classes if "_" in name] == [
        "angry_disgust",
        "anxiety_helplessness_sad",
    ]
    assert len(dataset.videos) == 65


def test_a_sheet_of_mafw_lists_what_its_lists_do():
    files = mafw.plan(5, False).files
    rows = [*load_workbook(BytesIO(files["Labels/multi_set.xlsx"])).worksheets[0].values]
    lines = [
        tuple(line.split(" "))
        for side in ("train", "test")
        for line in files[f"Train & Test Set/compound/no_caption/set_3/{side}.txt"]
        .decode()
        .splitlines()
    ]
    assert rows == sorted(lines)


def test_mafw_has_the_published_clips_in_every_fold(published):
    root = published("mafw", "data/clips")
    _, single, protocol = opened("mafw", root)
    counts = {"angry": 1390, "disgust": 639, "fear": 625, "happy": 1242, "neutral": 1138}
    counts |= {"sad": 1470, "surprise": 1072, "contempt": 236, "anxiety": 916}
    counts |= {"helplessness": 262, "disappointment": 182}
    assert Counter(video.label for video in single.videos) == counts
    assert [len(fold.test) for fold in protocol.folds] == [1839, 1837, 1833, 1832, 1831]
    assert single.left_out == {"in no list": 10045 - 9172}

    _, compound, protocol = opened("mafw-compound", root)
    labels = {video.path: video.label for video in compound.videos}
    assert Counter("_" in label for label in labels.values()) == {True: 4058, False: 4938}
    assert Counter("_" in name for name in compound.classes) == {True: 32, False: 11}
    assert [len(fold.test) for fold in protocol.folds] == [1818, 1809, 1798, 1788, 1783]

    alone = {path: label for path, label in labels.items() if "_" not in label}
    assert alone.items() <= {video.path: video.label for video in single.videos}.items()
    assert len({video.path for video in (*single.videos, *compound.videos)}) == 10045


def test_ones_own_folders_hold_three_kinds_of_files_and_what_is_no_video(small):
    _, dataset, _ = opened("folder", small("folder"))
    kinds = Counter(video.path.rpartition("/")[2] for video in dataset.videos)
    assert kinds == {"smile.mp4": 9, "Take 2.MOV": 9, "clip.avi": 9, "fotos": 8}
    assert dataset.left_out == {
        "no video": 1,
        "image beside videos": 1,
        "folder without images": 1,
    }
    assert {video.subject for video in dataset.videos} == {*folder.PEOPLE}


def test_ones_own_list_gives_subjects_folds_and_an_attribute(small):
    _, dataset, _ = opened("csv", small("csv"))
    given = dataset.official["given-fold"]
    tested = [set(fold.test) for fold in given]
    subjects = [{v.subject for v in dataset.videos if v.id in ids} for ids in tested]
    assert subjects == [{f"subject {n}"} for n in range(5)]
    assert {video.attributes["camera"] for video in dataset.videos} == {"left", "right"}
    assert {video.path.split("/")[1] for video in dataset.videos} == {
        "p0",
        "Person 1",
        "Größe, 2",
        "tag",
        "p4",
    }


def test_a_workbook_has_the_same_bytes_at_any_time(monkeypatch):
    first = workbook([("order", "label"), (1, "happy")])
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    assert workbook([("order", "label"), (1, "happy")]) == first
    assert [*load_workbook(BytesIO(first)).worksheets[0].values] == [
        ("order", "label"),
        (1, "happy"),
    ]


def test_portions_sum_to_their_total():
    assert dealing.portions(10, [1, 1, 1]) == [3, 3, 4]
    assert dealing.portions(7, [5, 0, 1]) == [5, 0, 2]


def test_what_is_spread_recurs_evenly():
    assert "".join(dealing.spread({"a": 4, "b": 2, "": 0})) == "abaaba"


def test_the_first_fifths_are_longer_by_one():
    labels = {f"{n:02}": "ab"[n % 2] for n in range(13)}
    assert dealing.fifths(labels) == [
        ["00", "01", "02", "03"],
        ["04", "05", "06"],
        ["07", "08"],
        ["09", "10"],
        ["11", "12"],
    ]
