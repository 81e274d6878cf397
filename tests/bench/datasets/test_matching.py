"""Paths of other people's machines, and the videos that they mean."""

import time

import pytest

from bench.datasets.lists import Listed
from bench.datasets.matching import Endings, matched
from bench.datasets.tree import Problems
from bench.errors import BenchError
from bench.records import Dataset, Video


def dataset(*videos, name="faces"):
    """Videos as (key, path) or (key, path, label)."""
    made = [Video(f"{name}:{key}", path, *(rest or ["happy"])) for key, path, *rest in videos]
    return Dataset(name, ("angry", "happy", "sad"), tuple(made))


def match(paths, data):
    problems = Problems("faces", "Mend it.")
    listed = [Listed(f"list.txt, line {k}", path, "0") for k, path in enumerate(paths, start=1)]
    ids = matched(listed, Endings(data), problems)
    problems.stop()
    return [id.partition(":")[2] for id in ids]


def refusal(paths, data):
    with pytest.raises(BenchError) as error:
        match(paths, data)
    return str(error.value).splitlines()[1:-1]


DFEW = dataset(("00001", "Clip/clip_224x224/00001"), ("00012", "Clip/clip_224x224/00012"))
FERV = dataset(
    ("Action/Happy/0000", "2_ClipsforFaceCrop/Action/Happy/0000", "happy"),
    ("Action/Sad/0000", "2_ClipsforFaceCrop/Action/Sad/0000", "sad"),
    ("War/Sad/0000", "2_ClipsforFaceCrop/War/Sad/0000", "sad"),
    ("War/Sad/0001", "2_ClipsforFaceCrop/War/Sad/0001", "sad"),
)
AFEW = dataset(
    ("train/001703120", "Train_AFEW/AlignedFaces_LBPTOP_Points/Faces/001703120", "sad"),
    ("val/001703120", "Val_AFEW/Happy/001703120.avi", "happy"),
    ("train/001343200", "Train_AFEW/Angry/001343200.avi", "angry"),
    ("train/000046280", "Train_AFEW/Angry/000046280.avi", "angry"),
)
RAVDESS = dataset(
    ("01-03-01-02-01-01", "Actor_01/02-01-03-01-02-01-01.mp4"),
    ("01-03-01-02-01-02", "Actor_02/01-01-03-01-02-01-02.mp4"),
)


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/home/user/datasets/DFEW_Face/00012", "00012"),
        ("12", "00012"),
        ("00012.mp4", "00012"),
        ("DFEW/Clip/original/00012.MP4", "00012"),
        ("clip_00012", "00012"),
    ],
)
def test_the_name_counts_without_its_folders_suffix_and_zeros(path, key):
    assert match([path], DFEW) == [key]


def test_the_longest_common_ending_decides():
    assert match(["x/Action/Sad/0000", "x/War/Sad/0000", "x/Action/Happy/0000"], FERV) == [
        "Action/Sad/0000",
        "War/Sad/0000",
        "Action/Happy/0000",
    ]


def test_case_and_the_spelling_of_a_class_play_no_role():
    assert match(["ACTION/sadness/0", "war/SAD/000"], FERV) == ["Action/Sad/0000", "War/Sad/0000"]


def test_a_folder_of_a_class_tells_apart_clips_of_one_name():
    paths = ["Sad/001703120", "Happy/001703120", "AFEW_Face/train/Sadness/0_1_001703120"]
    assert match(paths, AFEW) == ["train/001703120", "val/001703120", "train/001703120"]


def test_a_folder_of_another_class_is_no_reason_to_miss_a_clip():
    assert match(["Angry/000046280", "Sad/001703120", "Neutral/001343200"], AFEW) == [
        "train/000046280",
        "train/001703120",
        "train/001343200",
    ]


@pytest.mark.parametrize(
    "paths",
    [
        ["ACTOR01/02-01-03-01-02-01-01_facecroppad.npy", "ACTOR02/02-01-03-01-02-01-02_face.npy"],
        ["Actor_01/01-01-03-01-02-01-01.mp4", "Actor_02/01-01-03-01-02-01-02.mp4"],
        ["02-01-03-01-02-01-01", "02-01-03-01-02-01-02"],
    ],
)
def test_either_file_of_a_recording_and_its_derived_names_mean_the_recording(paths):
    assert match(paths, RAVDESS) == ["01-03-01-02-01-01", "01-03-01-02-01-02"]


def test_separators_within_names_play_no_role():
    data = dataset(
        ("s09/anger/5", "enterface database/subject 9/anger/sentence 5/s_9_an_5.avi", "angry"),
        ("s11/anger/5", "enterface database/subject 11/anger/sentence 5/s12_an_5.avi", "angry"),
        ("s12/anger/5", "enterface database/subject 12/anger/sentence 5/s12_an_5.avi", "angry"),
    )
    paths = [
        "/mnt/face_aligned/subject_9/anger/sentence_5/s9_an_5",
        "/mnt/face_aligned/subject_11/anger/sentence_5/s12_an_5",
        "/mnt/face_aligned/subject_12/anger/sentence_5/s12_an_5",
    ]
    assert match(paths, data) == ["s09/anger/5", "s11/anger/5", "s12/anger/5"]


def test_a_path_of_no_video_and_one_of_several_are_named():
    assert refusal(["Action/Sad/0007", "Sad/0000", "0000"], FERV) == [
        "  list.txt, line 1: 'Action/Sad/0007' is no video of 'faces'",
        "  list.txt, line 2: 'Sad/0000' may be 'faces:Action/Sad/0000' or 'faces:War/Sad/0000'",
        "  list.txt, line 3: '0000' may be 'faces:Action/Happy/0000' or 'faces:Action/Sad/0000' "
        "or 1 more",
    ]


def test_a_clip_that_is_not_there_is_not_taken_for_one_of_another_folder():
    paths = ["Action/Sad/0000", "War/Sad/0000", "Action/Sad/0001"]
    assert refusal(paths, FERV) == [
        "  list.txt, line 3: 'Action/Sad/0001' shares only 2 parts with 'faces:War/Sad/0001', "
        "where other lines share 3",
    ]


def test_paths_of_whole_videos_may_be_of_any_depth():
    paths = [
        "/mnt/Train_AFEW/AlignedFaces_LBPTOP_Points/Faces/001703120",
        "/mnt/Train_AFEW/Angry/000046280.avi",
    ]
    assert match(paths, AFEW) == ["train/001703120", "train/000046280"]


def test_ten_problems_are_named_and_all_are_counted():
    with pytest.raises(BenchError) as error:
        match([f"x{n}" for n in range(100, 112)], DFEW)
    first, *named, more, remedy = str(error.value).splitlines()
    assert first == "dataset 'faces' has 12 problems:"
    assert (len(named), more, remedy) == (10, "  and 2 more", "Mend it.")


def test_the_lists_of_a_large_set_are_matched_in_a_moment():
    keys = [f"{scene}/Sad/{n:04}" for scene in "abcdefghij" for n in range(400)]
    data = dataset(*((key, f"2_ClipsforFaceCrop/{key}", "sad") for key in keys))
    start = time.perf_counter()
    assert match([f"/home/{key}" for key in keys], data) == keys
    assert time.perf_counter() - start < 2
