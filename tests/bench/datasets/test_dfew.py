import csv
import time

import pytest
from openpyxl import Workbook

from bench.datasets.dfew import CLASSES, load
from bench.errors import BenchError
from bench.records import Video

CODES = {"happy": 1, "sad": 2, "neutral": 3, "angry": 4, "surprise": 5, "disgust": 6, "fear": 7}
LABELS = {f"{n:05}": list(CODES)[n % 7] for n in range(1, 71)}
FIRST = {f"dfew:{n:05}" for n in (*range(1, 8), *range(8, 15))}
TRAIN, TEST = "train(single-labeled)", "test(single-labeled)"


def write_list(folder, name, labels):
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["video_name", "label"])
        rows.writerows((number, CODES[label]) for number, label in labels.items())


def write_lists(root, labels=LABELS, *, folds=range(1, 6), sides=("train", "test")):
    """Lists by the rule, written anew: the k-th fifth of each class."""
    tests = {k: set() for k in range(1, 6)}
    for name in CODES:
        numbers = sorted(number for number, label in labels.items() if label == name)
        fifth = -(-len(numbers) // 5)
        for k in tests:
            tests[k] |= set(numbers[(k - 1) * fifth : k * fifth])
    for k in folds:
        split = {"test": tests[k], "train": set(labels) - tests[k]}
        for side in sides:
            folder = root / "EmoLabel_DataSplit" / f"{side}(single-labeled)"
            listed = {number: label for number, label in labels.items() if number in split[side]}
            write_list(folder, f"set_{k}.csv", listed)


def write_clips(root, numbers=LABELS, kind="clip_224x224"):
    for number in numbers:
        if kind == "original":
            path = root / "Clip" / kind / f"{number}.mp4"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"")
        else:
            (root / "Clip" / kind / number).mkdir(parents=True)


def write_annotation(root, rows, header=("1happy", "7fear", "order", "label")):
    (root / "Annotation").mkdir(parents=True, exist_ok=True)
    book = Workbook()
    book.active.append(header)
    for order, label in rows:
        book.active.append((10, 0, order, label))
    book.save(root / "Annotation" / "annotation.xlsx")


def annotation_of(labels):
    return [(int(number), CODES[label]) for number, label in labels.items()]


def refusal(root):
    with pytest.raises(BenchError) as error:
        load(root)
    return str(error.value)


def write_whole(root):
    write_lists(root)
    write_clips(root)
    return root


def test_a_listed_clip_becomes_a_video(tmp_path):
    dataset = load(write_whole(tmp_path))
    assert dataset.name == "dfew"
    assert dataset.classes == CLASSES == tuple(sorted(CLASSES))
    assert dataset.videos[0] == Video(
        "dfew:00001",
        "Clip/clip_224x224/00001",
        "sad",
        attributes={"pixels": "clip_224x224"},
        aligned=True,
    )
    assert [video.id for video in dataset.videos] == [f"dfew:{number}" for number in LABELS]
    assert [video.label for video in dataset.videos] == list(LABELS.values())
    assert dataset.missing == dataset.left_out == {}
    assert dataset.notes == ("Frames are those of clip_224x224.",)


def test_the_official_folds_test_the_fifths_of_each_class(tmp_path):
    folds = load(write_whole(tmp_path)).official["official-5-fold"]
    assert set(folds[0].test) == FIRST
    assert [len(fold.test) for fold in folds] == [14] * 5
    assert {id for fold in folds for id in fold.test} == {f"dfew:{n}" for n in LABELS}
    assert all(not set(fold.train) & set(fold.test) for fold in folds)


@pytest.mark.parametrize("spelling", ["train(single_labeled)", "train(single labeled)"])
def test_the_folder_of_lists_is_spelled_in_several_ways(tmp_path, spelling):
    write_whole(tmp_path)
    labels = tmp_path / "EmoLabel_DataSplit"
    (labels / TRAIN).rename(labels / spelling)
    assert load(tmp_path).notes == ("Frames are those of clip_224x224.",)


def test_lists_may_be_named_by_their_side(tmp_path):
    write_whole(tmp_path)
    for path in [*(tmp_path / "EmoLabel_DataSplit").rglob("*.csv")]:
        path.rename(path.parent.parent / f"{path.parent.name.split('(')[0]}_{path.name}")
    assert load(tmp_path).notes == ("Frames are those of clip_224x224.",)


def test_ids_without_leading_zeros_are_the_same_clips(tmp_path):
    write_whole(tmp_path)
    write_list(
        tmp_path / "EmoLabel_DataSplit" / TEST,
        "set_1.csv",
        {number.lstrip("0"): LABELS[number] for number in sorted(LABELS)[:14]},
    )
    assert set(load(tmp_path).official["official-5-fold"][0].test) == FIRST


def test_original_clips_are_read_where_no_aligned_ones_are(tmp_path):
    write_lists(tmp_path)
    write_clips(tmp_path, kind="original")
    write_clips(tmp_path, kind="clip_224x224_16f")
    video = load(tmp_path).videos[0]
    assert (video.path, video.attributes) == ("Clip/original/00001.mp4", {"pixels": "original"})
    assert not video.aligned


@pytest.mark.parametrize("kind", ["clip_224x224_16f", "clip_224x16f"])
def test_sixteen_frames_are_read_last(tmp_path, kind):
    write_lists(tmp_path)
    write_clips(tmp_path, kind=kind)
    dataset = load(tmp_path)
    assert dataset.videos[0].path == f"Clip/{kind}/00001"
    assert dataset.notes == ("Frames are those of clip_224x224_16f.",)


def test_two_parts_are_one_set(tmp_path):
    write_lists(tmp_path / "DFEW-part1")
    write_clips(tmp_path / "DFEW-part1", list(LABELS)[:40], kind="original")
    write_clips(tmp_path / "DFEW-part2", list(LABELS)[40:], kind="original")
    dataset = load(tmp_path)
    assert dataset.missing == {}
    assert dataset.videos[0].path == "DFEW-part1/Clip/original/00001.mp4"
    assert dataset.videos[-1].path == "DFEW-part2/Clip/original/00070.mp4"


def test_clips_may_lie_in_the_folders_of_their_archives(tmp_path):
    write_whole(tmp_path)
    clips = tmp_path / "Clip" / "clip_224x224"
    (clips / "part_1").mkdir()
    (clips / "00001").rename(clips / "part_1" / "00001")
    assert load(tmp_path).videos[0].path == "Clip/clip_224x224/part_1/00001"


def test_the_tree_may_lie_deeper_and_its_clip_folder_be_misspelled(tmp_path):
    home = write_whole(tmp_path / "download" / "DFEW")
    (home / "Clip").rename(home / "CLip")
    assert load(tmp_path).videos[0].path == "download/DFEW/CLip/clip_224x224/00001"


def test_a_listed_clip_that_lacks_stays_and_is_named(tmp_path):
    write_whole(tmp_path)
    (tmp_path / "Clip" / "clip_224x224" / "00009").rmdir()
    dataset = load(tmp_path)
    assert len(dataset.videos) == 70
    assert dataset.missing == {"dfew:00009": "no clip at Clip/clip_224x224/00009"}


@pytest.mark.parametrize("what", ["file", "broken", "loop"])
def test_what_is_no_folder_inside_of_the_root_is_no_clip(tmp_path, what):
    root = write_whole(tmp_path / "root")
    clip = root / "Clip" / "clip_224x224" / "00009"
    clip.rmdir()
    if what == "file":
        clip.write_bytes(b"")
    else:
        clip.symlink_to({"broken": root / "none", "loop": clip}[what])
    assert list(load(root).missing) == ["dfew:00009"]


def test_a_clip_that_links_out_of_the_root_is_refused(tmp_path):
    root = write_whole(tmp_path / "root")
    clip = root / "Clip" / "clip_224x224" / "00009"
    clip.rmdir()
    clip.symlink_to(tmp_path)
    assert refusal(root) == (
        "dataset 'dfew' has 1 problem:\n"
        "  'Clip/clip_224x224/00009' is a link that leaves the root\n"
        "Put the files themselves there, or remove the links."
    )


def test_a_folder_of_clips_that_links_out_of_the_root_is_not_read(tmp_path):
    root = write_whole(tmp_path / "root")
    (root / "Clip" / "clip_224x224").rename(tmp_path / "elsewhere")
    (root / "Clip" / "clip_224x224").symlink_to(tmp_path / "elsewhere")
    assert refusal(root) == (
        f"dataset 'dfew' lists 70 videos and 70 of them are missing under {root}, the first is "
        f"'dfew:00001' (no clip at Clip/clip_224x224/00001). Check --root, or complete the "
        f"download."
    )


def test_a_half_unpacked_set_is_refused_with_its_archive(tmp_path):
    write_lists(tmp_path)
    write_clips(tmp_path, list(LABELS)[:35])
    (tmp_path / "clip_part_2.zip").write_bytes(b"")
    assert refusal(tmp_path) == (
        f"dataset 'dfew' lists 70 videos and 35 of them are missing under {tmp_path}, the first "
        f"is 'dfew:00036' (no clip at Clip/clip_224x224/00036). Unpack clip_part_2.zip."
    )


def test_what_the_annotation_has_and_no_list_is_left_out_by_its_reason(tmp_path):
    write_whole(tmp_path)
    write_clips(tmp_path, ["00072", "00090"])
    write_annotation(tmp_path, [*annotation_of(LABELS), (71, 3), (72, 0), (73, 0)])
    assert load(tmp_path).left_out == {
        "single-labelled, without a usable face": 1,
        "without a single label": 2,
        "in no list": 1,
    }


def test_an_annotation_that_disagrees_is_told_and_the_lists_count(tmp_path):
    write_whole(tmp_path)
    write_annotation(tmp_path, annotation_of(LABELS | {"00001": "happy"}))
    dataset = load(tmp_path)
    assert dataset.videos[0].label == "sad"
    assert dataset.notes[1] == (
        "annotation.xlsx disagrees with the lists on 1 clips, the first is 00001; the lists count."
    )


def test_absent_lists_are_made_by_the_rule(tmp_path):
    write_lists(tmp_path, folds=[1, 2])
    write_lists(tmp_path, folds=[3], sides=["train"])
    write_clips(tmp_path)
    dataset = load(tmp_path)
    assert dataset.notes[1] == (
        "Lists made by the rule of the official split: train 4, train 5, test 3, test 4, test 5."
    )
    write_lists(tmp_path)
    assert load(tmp_path).official == dataset.official


def test_lists_that_do_not_name_all_clips_are_refused(tmp_path):
    write_lists(tmp_path, folds=[1, 2], sides=["test"])
    write_clips(tmp_path)
    assert refusal(tmp_path) == (
        "dataset 'dfew' has 1 problem:\n"
        "  the lists that are there (test 1, test 2) do not name all clips; the two lists of one "
        "fold or 5 test lists do\n"
        "Restore the distributor's files."
    )


def test_without_lists_the_annotation_and_the_aligned_clips_give_the_folds(tmp_path):
    write_clips(tmp_path)
    write_annotation(tmp_path, [*annotation_of(LABELS), (71, 3.0), (72, 0)])
    dataset = load(tmp_path)
    assert dataset.left_out == {
        "single-labelled, without a usable face": 1,
        "without a single label": 1,
    }
    assert dataset.notes[1] == (
        "No lists: labels are those of annotation.xlsx, folds are made by the rule of the "
        "official split over the aligned clips."
    )
    write_lists(tmp_path)
    assert load(tmp_path).official == dataset.official


def test_without_lists_original_clips_have_no_official_folds(tmp_path):
    write_clips(tmp_path, kind="original")
    write_annotation(tmp_path, annotation_of(LABELS))
    dataset = load(tmp_path)
    assert len(dataset.videos) == 70
    assert dataset.official == {}
    assert dataset.notes[1] == (
        "No lists: labels are those of annotation.xlsx; there are no official folds, since "
        "original clips do not tell which faces the distributor lost."
    )


def test_without_lists_a_half_unpacked_set_is_refused(tmp_path):
    write_clips(tmp_path, list(LABELS)[:35])
    write_annotation(tmp_path, annotation_of(LABELS))
    assert refusal(tmp_path).startswith("dataset 'dfew' lists 70 videos and 35 of them are missing")


def test_a_list_that_differs_from_the_rule_is_refused(tmp_path):
    write_whole(tmp_path)
    folder = tmp_path / "EmoLabel_DataSplit" / TEST
    (folder / "set_1.csv").rename(folder / "set_0.csv")
    (folder / "set_2.csv").rename(folder / "set_1.csv")
    (folder / "set_0.csv").rename(folder / "set_2.csv")
    assert refusal(tmp_path) == (
        "a list of dataset 'dfew' differs from the official split in 28 ids of fold 1, the first "
        "is '00001'. Restore the distributor's files, or pass your own with --split."
    )


def test_all_that_is_wrong_with_the_lists_is_said_at_once(tmp_path):
    write_whole(tmp_path)
    path = tmp_path / "EmoLabel_DataSplit" / TEST / "set_1.csv"
    path.write_text("video_name,label\n../7,1\n00001,1\n00002,9\n00003,4\n3,4\n\nx\n")
    bare = path.with_name("set_2.csv")
    bare.write_text("00015,2\n")
    path.with_name("set_3.csv").write_bytes(b"video_name,label\n\xff\xfe\xfa,1\n")
    path.with_name("set_4.csv").write_text("")
    path.with_name("set_5.csv").unlink()
    path.with_name("set_5.csv").mkdir()
    assert refusal(tmp_path) == (
        "dataset 'dfew' has 9 problems:\n"
        f"  {path}, line 2: '../7' is no number of a clip\n"
        f"  {path}, line 4: label '9' is none of 1 to 7\n"
        f"  {path}, line 6: clip 00003 is listed twice\n"
        f"  {path}, line 8: 'x' is no number of a clip\n"
        f"  {bare}, line 1: '00015,2' is not the header video_name,label\n"
        f"  {path.with_name('set_3.csv')} cannot be read: it is no utf-8-sig text\n"
        f"  {path.with_name('set_4.csv')} is empty\n"
        f"  {path.with_name('set_5.csv')} cannot be read: Is a directory\n"
        "  clip 00001 is sad in the train list of fold 5 and happy in another list\n"
        "Restore the distributor's files."
    )


def test_two_lists_of_one_side_and_fold_are_named(tmp_path):
    write_whole(tmp_path)
    folder = tmp_path / "EmoLabel_DataSplit" / TRAIN
    (folder / "train_set_1.csv").write_bytes((folder / "set_1.csv").read_bytes())
    assert refusal(tmp_path) == (
        "dataset 'dfew' has 1 problem:\n"
        f"  {folder / 'train_set_1.csv'} is a second train list of fold 1\n"
        "Restore the distributor's files."
    )


def test_what_is_wrong_with_an_annotation_is_said(tmp_path):
    write_clips(tmp_path)
    write_annotation(tmp_path, [(1, 8), ("x", 1), (2, 1), (2, 2), (None, None)])
    path = tmp_path / "Annotation" / "annotation.xlsx"
    assert refusal(tmp_path) == (
        "dataset 'dfew' has 3 problems:\n"
        f"  {path}, row 2: clip '1' with label '8'\n"
        f"  {path}, row 3: clip 'x' with label '1'\n"
        f"  {path}, row 5: clip 00002 has two labels\n"
        "Restore the distributor's files."
    )
    write_annotation(tmp_path, [], header=("order", "class"))
    assert f"  {path} has no columns order and label\n" in refusal(tmp_path)
    path.write_bytes(b"no workbook")
    assert f"  {path} cannot be read: File is not a zip file\n" in refusal(tmp_path)


def test_a_tree_without_lists_and_annotation_says_so(tmp_path):
    (tmp_path / "Annotation").mkdir()
    write_clips(tmp_path)
    assert refusal(tmp_path) == (
        "dataset 'dfew' has 1 problem:\n"
        f"  {tmp_path} has neither lists of folds (set_1.csv) nor annotation.xlsx\n"
        "Restore the distributor's files."
    )


def test_a_wrong_root_says_what_was_looked_for(tmp_path):
    assert refusal(tmp_path) == (
        f"dataset 'dfew' not found under {tmp_path}: looked for EmoLabel_DataSplit/ or "
        f"Annotation/ there and up to 3 folders deeper. Check --root, or complete the download."
    )
    (tmp_path / "DFEW.zip").write_bytes(b"")
    assert refusal(tmp_path).endswith("Unpack DFEW.zip.")
    assert refusal(tmp_path / "none").startswith("dataset 'dfew' not found under")


def test_two_thousand_clips_load_in_their_share_of_two_seconds(tmp_path):
    labels = {f"{n:05}": list(CODES)[n % 7] for n in range(2030)}
    write_lists(tmp_path, labels)
    write_clips(tmp_path, labels)
    load(tmp_path)
    start = time.perf_counter()
    assert len(load(tmp_path).videos) == 2030
    assert time.perf_counter() - start < 2 * 2030 / 16372
