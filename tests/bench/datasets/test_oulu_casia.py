import time

import pytest

from bench.datasets.oulu_casia import CLASSES, load
from bench.errors import BenchError
from bench.protocols import split
from bench.records import Video

SUBJECTS = [f"P{number:03d}" for number in range(1, 81)]

NAMES = ("Anger", "Disgust", "Fear", "Happiness", "Sadness", "Surprise")


def write_people(top, subjects, condition="VL/Strong", frames=("000.jpeg", "001.jpeg")):
    for folder in (top / condition / subject / name for subject in subjects for name in NAMES):
        folder.mkdir(parents=True)
        for frame in frames:
            (folder / frame).write_bytes(b"")


def test_a_sequence_becomes_a_video_without_an_apex(tmp_path):
    write_people(tmp_path, ["P001"])
    assert load(tmp_path).videos[0] == Video(
        id="oulu-casia:P001/Anger", path="VL/Strong/P001/Anger", label="angry", subject="P001"
    )


def test_the_six_folders_are_the_six_classes_in_order(tmp_path):
    write_people(tmp_path, ["P080"])
    dataset = load(tmp_path)
    assert tuple(video.label for video in dataset.videos) == dataset.classes == CLASSES


@pytest.mark.parametrize(
    "nested",
    ["OriginalImg", "B_OriginalImg/OriginalImg", "B_OriginalImg/B_OriginalImg/OriginalImg"],
)
def test_the_tree_is_found_however_its_folders_are_nested(tmp_path, nested):
    write_people(tmp_path / nested, ["P001"])
    assert load(tmp_path).videos[5].path == f"{nested}/VL/Strong/P001/Surprise"


def test_other_lights_are_left_out_and_counted(tmp_path):
    write_people(tmp_path, ["P001"])
    write_people(tmp_path, ["P001", "P002"], "NI/Strong")
    write_people(tmp_path, ["P001"], "VL/Weak")
    write_people(tmp_path, ["P001"], "VL/Dark")
    (tmp_path / "NI" / "Dark" / "P001").mkdir(parents=True)
    dataset = load(tmp_path)
    assert len(dataset.videos) == 6
    assert dataset.left_out == {
        "condition VL/Weak": 6,
        "condition VL/Dark": 6,
        "condition NI/Strong": 12,
    }


@pytest.mark.parametrize("damage", ["gone", "file", "empty", "other endings"])
def test_a_sequence_without_frames_is_missing_by_name(tmp_path, damage):
    write_people(tmp_path, ["P001", "P002"])
    folder = tmp_path / "VL" / "Strong" / "P002" / "Fear"
    for frame in folder.iterdir():
        frame.unlink()
    if damage in ("gone", "file"):
        folder.rmdir()
    if damage == "file":
        folder.write_bytes(b"")
    if damage == "other endings":
        for name in ("000.txt", "._000.jpeg", "Thumbs.db"):
            (folder / name).write_bytes(b"")
    lack = "has no .jpeg" if folder.is_dir() else "is missing"
    dataset = load(tmp_path)
    assert len(dataset.videos) == 11
    assert dataset.missing == {"oulu-casia:P002/Fear": f"{folder} {lack}"}


def test_a_tree_that_lacks_more_than_a_tenth_is_refused(tmp_path):
    write_people(tmp_path, ["P001"])
    (tmp_path / "VL/Strong/P001/Anger").rename(tmp_path / "elsewhere")
    with pytest.raises(BenchError) as error:
        load(tmp_path)
    assert str(error.value) == (
        f"dataset 'oulu-casia' lists 6 videos and 1 of them are missing under {tmp_path}, the "
        f"first is 'oulu-casia:P001/Anger' ({tmp_path}/VL/Strong/P001/Anger is missing). Check "
        f"--root, or complete the download."
    )


def test_the_dark_alone_is_not_the_set(tmp_path):
    write_people(tmp_path, ["P001"], "VL/Dark")
    (tmp_path / "OriginalImg_VL_Strong.zip").write_bytes(b"")
    with pytest.raises(BenchError) as error:
        load(tmp_path)
    assert str(error.value) == (
        f"dataset 'oulu-casia' not found under {tmp_path}: looked for VL/Strong/P001/Anger with "
        f".jpeg frames there and up to 3 folders deeper. Unpack OriginalImg_VL_Strong.zip."
    )


@pytest.mark.parametrize("wrong", ["empty", "gone", "file"])
def test_a_wrong_root_says_what_was_looked_for(tmp_path, wrong):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BenchError, match=r"^dataset 'oulu-casia' not found under .* --root"):
        load(tmp_path / wrong)


def test_a_root_that_no_file_system_can_hold_is_refused(tmp_path):
    with pytest.raises(BenchError, match=r"^dataset 'oulu-casia'.* (cannot be read|not found)"):
        load(tmp_path / ("x" * 300))


def test_all_that_is_wrong_with_a_tree_is_said_at_once(tmp_path):
    top = tmp_path / "tree"
    write_people(top, ["P001"])
    (top / "VL/Strong/P001/Joy").mkdir()
    (top / "VL/Strong/P001/Sadness").rename(tmp_path / "outside")
    (top / "VL/Strong/P001/Sadness").symlink_to(tmp_path / "outside")
    with pytest.raises(BenchError) as error:
        load(top)
    assert str(error.value) == (
        f"dataset 'oulu-casia' has 2 problems:\n"
        f"  'VL/Strong/P001/Joy': unknown expression; expected Anger, Disgust, Fear, Happiness, "
        f"Sadness, Surprise\n"
        f"  'VL/Strong/P001/Sadness': a link that leads out of {top}\n"
        f"Restore the distributor's folders, without links."
    )


def test_blocks_test_eight_neighbours_a_fold(tmp_path):
    write_people(tmp_path, SUBJECTS)
    dataset = load(tmp_path)
    assert (len(dataset.videos), dataset.notes) == (480, ())
    folds = split(dataset, "subject-10-fold").folds
    tested = [sorted({id[11:15] for id in fold.test}) for fold in folds]
    assert tested[0] == [f"P{n:03d}" for n in range(1, 9)]
    assert [subject for eight in tested for subject in eight] == SUBJECTS
    assert {(len(fold.train), len(fold.test)) for fold in folds} == {(432, 48)}


def test_without_a_subject_of_every_block_the_subjects_are_dealt(tmp_path):
    write_people(tmp_path, SUBJECTS[:-8])
    protocol = split(load(tmp_path), "subject-10-fold")
    assert protocol.source == "subject-independent, balanced, seed 0"
    assert sum(len(fold.test) for fold in protocol.folds) == 432


def test_all_conditions_are_listed_in_less_than_a_second(tmp_path):
    for condition in ("VL/Strong", "VL/Weak", "VL/Dark", "NI/Strong", "NI/Weak", "NI/Dark"):
        write_people(tmp_path, SUBJECTS, condition)
    begin = time.process_time()
    assert sum(load(tmp_path).left_out.values()) == 5 * 480
    assert time.process_time() - begin < 1
