import subprocess
import sys
import time

import pytest

from bench.datasets.caer import CLASSES, load
from bench.errors import BenchError
from bench.records import Fold, Video

FOLDERS = ("Anger", "Disgust", "Fear", "Happy", "Neutral", "Sad", "Surprise")
SPLITS = ("train", "validation", "test")
REMEDY = "Pass the whole video set, unpacked; CAER-S, the set of images, is another one."


@pytest.fixture
def root(tmp_path):
    for split in SPLITS:
        for name in FOLDERS:
            clip(tmp_path, f"CAER/{split}/{name}/0001.avi")
    return tmp_path


def clip(root, name):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"frames")
    return path


def refusal(root):
    with pytest.raises(BenchError) as error:
        load(root)
    return str(error.value)


def test_a_file_becomes_a_video_without_subject_or_group(root):
    assert load(root).videos[0] == Video(
        id="caer:test/angry/0001",
        path="CAER/test/Anger/0001.avi",
        label="angry",
        attributes={"split": "test"},
    )


def test_ids_that_start_anew_in_every_folder_are_different_videos(root):
    ids = [video.id for video in load(root).videos]
    assert len(set(ids)) == len(ids) == 21
    assert ids == sorted(ids)


def test_the_seven_folders_are_the_seven_classes(root):
    dataset = load(root)
    assert tuple(v.label for v in dataset.videos if v.attributes["split"] == "train") == CLASSES
    assert dataset.classes == CLASSES == tuple(sorted(CLASSES))


@pytest.mark.parametrize("name", ["Angry", "ANGER", "angry"])
def test_the_spelling_of_a_class_does_not_change_an_id(root, name):
    (root / "CAER/test/Anger").rename(root / "CAER/test" / name)
    assert load(root).videos[0].id == "caer:test/angry/0001"


def test_the_official_fold_trains_on_train_and_tests_on_test(root):
    assert load(root).official == {
        "official": (
            Fold(
                0,
                tuple(f"caer:train/{name}/0001" for name in CLASSES),
                tuple(f"caer:test/{name}/0001" for name in CLASSES),
            ),
        )
    }


def test_validation_is_in_no_fold_and_said_so(root):
    assert load(root).notes == (
        "The validation split (7 videos) is in no fold of 'official', which trains on train and "
        "tests on test.",
    )


def test_other_files_are_left_out_and_videos_among_them_counted(root):
    clip(root, "CAER/train/Anger/Thumbs.db")
    clip(root, "CAER/train/Anger/clip\n7.avi")
    clip(root, "CAER/readme.txt")
    dataset = load(root)
    assert dataset.left_out == {"file name that is no number": 1}
    assert len(dataset.videos) == 21


@pytest.mark.parametrize("where", ["CAER", ".", "around/CAER"])
def test_the_tree_is_found_at_the_root_and_below_it(root, where):
    (root / "around").mkdir()
    if where.startswith("around"):
        (root / "CAER").rename(root / where)
    place = root / "CAER" if where == "CAER" else root
    assert all((place / video.path).is_file() for video in load(place).videos)
    assert len(load(place).videos) == 21


def test_a_wrong_root_says_what_was_looked_for(tmp_path):
    assert refusal(tmp_path) == (
        f"dataset 'caer' not found under {tmp_path}: looked for train/, validation/ and test/ with "
        f"classes there and up to 3 folders deeper. Check --root, or complete the download."
    )


def test_an_archive_that_is_still_packed_is_named(tmp_path):
    clip(tmp_path, "CAER.zip")
    assert refusal(tmp_path).endswith("Unpack CAER.zip.")


def test_a_root_that_cannot_be_read_is_refused(tmp_path):
    root = tmp_path / ("x" * 300)
    assert refusal(root) == (
        f"dataset 'caer': {root} cannot be read: File name too long. Mend its rights or copy it "
        f"again from its source."
    )


def test_everything_that_is_wrong_is_said_at_once(root):
    clip(root, "CAER/test/Contempt/0001.avi")
    clip(root, "CAER/test/ANGER/0001.avi")
    (root / "CAER/train/Fear/0001.avi").unlink()
    (root / "CAER/validation/Sad/0001.avi").unlink()
    assert refusal(root) == (
        "dataset 'caer' has 4 problems:\n"
        "  'CAER/test/Anger/0001.avi' and 'CAER/test/ANGER/0001.avi' are both "
        "'caer:test/angry/0001'\n"
        "  'CAER/test/Contempt' holds 1 clips and names no class of CAER\n"
        "  train has no clip of fear\n"
        f"  validation has no clip of sad\n{REMEDY}"
    )


def test_the_images_of_caer_s_are_refused(tmp_path):
    for split in ("train", "test"):
        for name in FOLDERS:
            clip(tmp_path, f"CAER-S/{split}/{name}/0001.png")
    assert refusal(tmp_path) == (
        "dataset 'caer' has 3 problems:\n"
        + "".join(f"  {split} has no clip of {', '.join(CLASSES)}\n" for split in SPLITS)
        + REMEDY
    )


def test_a_link_that_leaves_the_root_is_refused(root, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    clip(outside, "Happy/0001.avi")
    (root / "CAER/test/Anger/0002.avi").symlink_to(outside / "Happy/0001.avi")
    (root / "CAER/test/Happy/0001.avi").unlink()
    (root / "CAER/test/Happy").rmdir()
    (root / "CAER/test/Happy").symlink_to(outside / "Happy")
    assert refusal(root) == (
        "dataset 'caer' has 3 problems:\n"
        "  'CAER/test/Anger/0002.avi' is a link that leaves the root\n"
        "  'CAER/test/Happy' is a link that leaves the root\n"
        f"  test has no clip of happy\n{REMEDY}"
    )


def test_a_link_inside_of_the_root_is_followed(root):
    (root / "CAER/test/Anger/0002.avi").symlink_to(root / "CAER/test/Anger/0001.avi")
    assert len(load(root).videos) == 22


@pytest.mark.parametrize("kind", ["folder", "link to nothing", "link to itself"])
def test_what_is_named_like_a_clip_and_is_no_file_stays_and_is_missing(root, kind):
    path = root / "CAER/test/Anger/0002.avi"
    if kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(path if kind == "link to itself" else root / "gone.avi")
    dataset = load(root)
    assert dataset.missing == {"caer:test/angry/0002": "CAER/test/Anger/0002.avi is no file"}
    assert "caer:test/angry/0002" in dataset.official["official"][0].test


def test_thousands_of_clips_are_listed_within_their_share_of_two_seconds(root):
    for number in range(2, 2002):
        (root / f"CAER/train/Fear/{number:04d}.avi").touch()
    began = time.process_time()
    dataset = load(root)
    assert time.process_time() - began < 2 * len(dataset.videos) / 16372
    assert len(dataset.videos) == 2021


def test_reading_lists_imports_neither_torch_nor_pandas():
    code = "import sys, bench.datasets.caer; print({'torch', 'pandas', 'cv2'} & set(sys.modules))"
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, capture_output=True, text=True).stdout == "set()\n"
