import time
from dataclasses import replace

import pytest

from bench.datasets.ckplus import CLASSES, load, load_eight
from bench.errors import BenchError
from bench.protocols import split
from bench.records import Video


def write_sequence(root, key, code=None, frames=3):
    """One sequence; `code`: None leaves the folder of emotions empty."""
    stem = key.replace("/", "_")
    images, emotions = root / "cohn-kanade-images" / key, root / "Emotion" / key
    images.mkdir(parents=True)
    emotions.mkdir(parents=True)
    for number in range(1, frames + 1):
        (images / f"{stem}_{number:08d}.png").write_bytes(b"")
    if code is not None:
        (emotions / f"{stem}_{frames:08d}_emotion.txt").write_text(f"   {code:.7e}\n")


def write_people(root, count):
    for number in range(count):
        write_sequence(root, f"S{number:03d}/001", 1 + number % 7)


def label_of(root, key):
    return next((root / "Emotion" / key).iterdir())


def test_a_labelled_sequence_becomes_a_video_with_its_last_frame_as_apex(tmp_path):
    write_sequence(tmp_path, "S005/001", 3, frames=11)
    assert load(tmp_path).videos == (
        Video(
            id="ckplus:S005/001",
            path="cohn-kanade-images/S005/001",
            label="disgust",
            subject="S005",
            apex=(10, 11),
        ),
    )


def test_the_seven_codes_are_the_seven_classes_in_order(tmp_path):
    write_people(tmp_path, 7)
    dataset = load(tmp_path)
    assert tuple(video.label for video in dataset.videos) == dataset.classes == CLASSES
    assert list(CLASSES) == sorted(CLASSES)


def test_sequences_without_a_label_are_left_out_and_counted(tmp_path):
    write_people(tmp_path, 1)
    write_sequence(tmp_path, "S005/002")
    write_sequence(tmp_path, "S006/001")
    (tmp_path / "Emotion/S006/001").rmdir()
    dataset = load(tmp_path)
    assert len(dataset.videos) == 1
    assert dataset.left_out == {"no emotion label": 2}


def test_neutral_and_other_codes_are_left_out_and_counted(tmp_path):
    for number, code in enumerate([0, 0, 8, -1, 1]):
        write_sequence(tmp_path, f"S005/{number:03d}", code)
    dataset = load(tmp_path)
    assert [video.label for video in dataset.videos] == ["angry"]
    assert dataset.left_out == {"emotion code 0": 2, "emotion code 8": 1, "emotion code -1": 1}


def test_what_operating_systems_leave_is_no_frame_and_no_label(tmp_path):
    write_sequence(tmp_path, "S005/001", 3)
    for folder in ("cohn-kanade-images/S005", "Emotion/S005", "Emotion/S005/001"):
        (tmp_path / folder / ".DS_Store").write_bytes(b"")
    (tmp_path / "cohn-kanade-images/S005/001/._S005_001_00000003.png").write_bytes(b"")
    (tmp_path / "cohn-kanade-images/S005/001/S005_001_00000009.png").mkdir()
    assert [video.apex for video in load(tmp_path).videos] == [(2, 3)]


def test_a_sequence_that_ends_before_its_label_has_no_apex(tmp_path):
    write_sequence(tmp_path, "S005/001", 3)
    (tmp_path / "cohn-kanade-images/S005/001/S005_001_00000003.png").unlink()
    assert [video.apex for video in load(tmp_path).videos] == [None]


@pytest.mark.parametrize("lack", ["is missing", "has no .png"])
def test_a_labelled_sequence_without_frames_stays_a_video_and_is_named(tmp_path, lack):
    write_people(tmp_path, 11)
    folder = tmp_path / "cohn-kanade-images/S003/001"
    for frame in folder.iterdir():
        frame.unlink()
    if lack == "is missing":
        folder.rmdir()
    dataset = load(tmp_path)
    assert len(dataset.videos) == 11
    assert dataset.videos[3].apex is None
    assert dataset.missing == {"ckplus:S003/001": f"{folder} {lack}"}


def test_a_tree_that_lacks_more_than_a_tenth_is_refused(tmp_path):
    write_people(tmp_path, 2)
    (tmp_path / "cohn-kanade-images/S001").rename(tmp_path / "elsewhere")
    with pytest.raises(BenchError) as error:
        load(tmp_path)
    assert str(error.value) == (
        f"dataset 'ckplus' lists 2 videos and 1 of them are missing under {tmp_path}, the first is "
        f"'ckplus:S001/001' ({tmp_path}/cohn-kanade-images/S001/001 is missing). Check --root, or "
        f"complete the download."
    )


@pytest.mark.parametrize("nested", ["", "CK+/", "a/b/"])
def test_the_two_folders_may_lie_in_folders_of_their_archives(tmp_path, nested):
    write_sequence(tmp_path / "made", "S005/001", 3)
    (tmp_path / "made" / "Emotion").rename(tmp_path / "Emotion")
    (tmp_path / nested / "images").mkdir(parents=True)
    (tmp_path / "made" / "cohn-kanade-images").rename(
        tmp_path / nested / "images" / "cohn-kanade-images"
    )
    (video,) = load(tmp_path).videos
    assert video.path == f"{nested}images/cohn-kanade-images/S005/001"


@pytest.mark.parametrize(
    ("lost", "looked_for"),
    [
        ("cohn-kanade-images", "cohn-kanade-images/S005/001/S005_001_00000001.png"),
        ("Emotion", "Emotion/S005/001/S005_001_00000011_emotion.txt"),
    ],
)
def test_a_folder_that_is_still_packed_is_named(tmp_path, lost, looked_for):
    write_sequence(tmp_path, "S005/001", 3)
    for file in (tmp_path / lost / "S005/001").iterdir():
        file.unlink()
    (tmp_path / f"{lost}.zip").write_bytes(b"")
    with pytest.raises(BenchError) as error:
        load(tmp_path)
    assert str(error.value) == (
        f"dataset 'ckplus' not found under {tmp_path}: looked for {looked_for} there and up to 3 "
        f"folders deeper. Unpack {lost}.zip."
    )


@pytest.mark.parametrize("wrong", ["empty", "gone", "file"])
def test_a_wrong_root_says_what_was_looked_for(tmp_path, wrong):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BenchError, match=r"^dataset 'ckplus' not found under .* --root"):
        load(tmp_path / wrong)


@pytest.mark.parametrize("text", [b"", b"happy", b"3.5", b"nan", b"inf", b"\xff\xfe3\x00"])
def test_a_label_that_is_no_whole_number_is_refused(tmp_path, text):
    write_sequence(tmp_path, "S005/001", 3)
    label_of(tmp_path, "S005/001").write_bytes(text)
    with pytest.raises(BenchError) as error:
        load(tmp_path)
    assert str(error.value) == (
        f"dataset 'ckplus' has 1 problem:\n"
        f"  'Emotion/S005/001/S005_001_00000003_emotion.txt' has {text!r}; expected a whole "
        f"number, as in 3.0000000e+00\n"
        f"Restore the distributor's files, without links."
    )


def test_a_root_that_no_file_system_can_hold_is_refused(tmp_path):
    with pytest.raises(BenchError, match=r"^dataset 'ckplus'.* (cannot be read|not found)"):
        load(tmp_path / ("x" * 300))


def test_all_that_is_wrong_with_a_tree_is_said_at_once(tmp_path):
    top = tmp_path / "tree"
    for number in range(1, 5):
        write_sequence(top, f"S005/{number:03d}", 3)
    label_of(top, "S005/001").write_text("x")
    (top / "Emotion/S005/002/S005_002_00000001_emotion.txt").write_text("1")
    (top / "Emotion/S005/003/S006_003_00000003_emotion.txt").write_text("1")
    (top / "cohn-kanade-images/S005/004").rename(tmp_path / "outside")
    (top / "cohn-kanade-images/S005/004").symlink_to(tmp_path / "outside")
    with pytest.raises(BenchError) as error:
        load(top)
    assert str(error.value) == (
        f"dataset 'ckplus' has 4 problems:\n"
        f"  'Emotion/S005/002' has 2 labels: S005_002_00000001_emotion.txt, "
        f"S005_002_00000003_emotion.txt\n"
        f"  'Emotion/S005/003/S006_003_00000003_emotion.txt' is no label of sequence S005/003\n"
        f"  'Emotion/S005/001/S005_001_00000003_emotion.txt' has b'x'; expected a whole number, "
        f"as in 3.0000000e+00\n"
        f"  'cohn-kanade-images/S005/004' is a link that leads out of {top}\n"
        f"Restore the distributor's files, without links."
    )


def test_every_tenth_labelled_subject_is_tested_together(tmp_path):
    write_people(tmp_path, 23)
    write_sequence(tmp_path, "S000/002", 2)
    write_sequence(tmp_path, "S900/001")
    dataset = load(tmp_path)
    folds = split(dataset, "fan-10-fold").folds
    assert [len(fold.test) for fold in folds] == [4, 3, 3, 2, 2, 2, 2, 2, 2, 2]
    assert folds[0].test == (
        "ckplus:S000/001",
        "ckplus:S000/002",
        "ckplus:S010/001",
        "ckplus:S020/001",
    )
    assert dataset.notes == (
        "Protocol 'fan-10-fold' was made by the rule of its authors: index of the sorted subject "
        "modulo 10.",
    )


def test_the_eighth_class_is_the_first_frame_of_one_sequence_of_each_subject(tmp_path):
    write_people(tmp_path, 11)
    write_sequence(tmp_path, "S003/002", 5)
    dataset = load_eight(tmp_path)
    still = [video for video in dataset.videos if video.label == "neutral"]
    assert dataset.classes == tuple(sorted((*CLASSES, "neutral")))
    assert (len(still), len(dataset.videos)) == (11, 23)
    first = next(video for video in load(tmp_path).videos if video.subject == "S003")
    assert still[3] == replace(
        first, id="ckplus:S003/001/neutral", label="neutral", apex=None, limit=1
    )
    fold = dataset.official["fan-10-fold"][3]
    assert fold.test == ("ckplus:S003/001", "ckplus:S003/001/neutral", "ckplus:S003/002")


def test_nine_subjects_are_too_few_for_ten_folds(tmp_path):
    write_people(tmp_path, 9)
    dataset = load(tmp_path)
    assert dataset.official == {}
    assert dataset.notes == ("Protocol 'fan-10-fold' needs 10 subjects with a label; 9 are here.",)


def test_videos_are_sorted_by_id(tmp_path):
    for key in ("S010/001", "S005/002", "S005/001"):
        write_sequence(tmp_path, key, 3)
    ids = [video.id for video in load(tmp_path).videos]
    assert ids == ["ckplus:S005/001", "ckplus:S005/002", "ckplus:S010/001"]


def test_six_hundred_sequences_are_listed_in_less_than_a_second(tmp_path):
    for number in range(600):
        write_sequence(tmp_path, f"S{number // 5:03d}/{number % 5:03d}", 1 + number % 7)
    begin = time.process_time()
    assert len(load(tmp_path).videos) == 600
    assert time.process_time() - begin < 1
