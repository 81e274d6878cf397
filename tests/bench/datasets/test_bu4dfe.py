import os
import time

import pytest

from bench.datasets.bu4dfe import CLASSES, load
from bench.errors import BenchError
from bench.protocols import split
from bench.records import Video

NAMES = tuple(name.capitalize() for name in CLASSES)


def write_sequence(top, subject, name, frames=("000.jpg", "000.wrl")):
    folder = top / subject / name
    folder.mkdir(parents=True)
    for frame in frames:
        (folder / frame).write_bytes(b"")
    return folder


def write_people(top, subjects, frames=("000.jpg", "000.wrl")):
    for subject in subjects:
        for name in NAMES:
            write_sequence(top, subject, name, frames)


def everybody(women=58, men=43):
    return [f"F{n:03d}" for n in range(1, women + 1)] + [f"M{n:03d}" for n in range(1, men + 1)]


def test_a_sequence_of_pictures_becomes_a_video(tmp_path):
    write_people(tmp_path, ["F001"])
    assert load(tmp_path).videos[0] == Video(
        id="bu4dfe:F001/Angry",
        path="F001/Angry",
        label="angry",
        subject="F001",
        attributes={"gender": "female"},
    )


def test_the_six_folders_are_the_six_classes_in_order(tmp_path):
    write_people(tmp_path, ["M043"])
    dataset = load(tmp_path)
    assert tuple(video.label for video in dataset.videos) == dataset.classes == CLASSES
    assert {video.attributes["gender"] for video in dataset.videos} == {"male"}


def test_the_viewer_and_other_things_beside_the_subjects_are_ignored(tmp_path):
    write_people(tmp_path, ["F001"])
    write_sequence(tmp_path, "BU_WrlViewer_V2", "Angry")
    write_sequence(tmp_path, "F1", "Angry")
    (tmp_path / "F002").write_bytes(b"")
    (tmp_path / "F001" / "Thumbs.db").write_bytes(b"")
    assert len(load(tmp_path).videos) == 6


@pytest.mark.parametrize("nested", ["BU4DFE", "download/BU4DFE", "a/b/c"])
def test_paths_are_relative_to_the_root_however_deep_the_tree_lies(tmp_path, nested):
    write_people(tmp_path / nested, ["F001"])
    assert load(tmp_path).videos[5].path == f"{nested}/F001/Surprise"


def test_meshes_without_pictures_are_missing_by_name(tmp_path):
    write_people(tmp_path, ["F001", "F002"])
    (tmp_path / "F002" / "Fear" / "000.jpg").unlink()
    dataset = load(tmp_path)
    assert len(dataset.videos) == 11
    assert dataset.missing == {
        "bu4dfe:F002/Fear": f"{tmp_path}/F002/Fear has meshes and no .jpg",
    }


@pytest.mark.parametrize("damage", ["gone", "empty", "file", "loop", "folder named like a frame"])
def test_a_sequence_that_is_not_there_is_missing_by_name(tmp_path, damage):
    write_people(tmp_path, ["F001", "F002"])
    folder = tmp_path / "F002" / "Fear"
    for frame in folder.iterdir():
        frame.unlink()
    if damage != "empty":
        folder.rmdir()
    if damage == "file":
        folder.write_bytes(b"")
    elif damage == "loop":
        folder.symlink_to(folder)
    elif damage == "folder named like a frame":
        (folder / "000.jpg").mkdir(parents=True)
    lack = "has no .jpg" if folder.is_dir() else "is missing"
    assert load(tmp_path).missing == {"bu4dfe:F002/Fear": f"{folder} {lack}"}


def test_a_mesh_without_its_picture_is_counted(tmp_path):
    write_people(tmp_path, ["F001"])
    (tmp_path / "F001" / "Sad" / "001.wrl").write_bytes(b"")
    dataset = load(tmp_path)
    assert len(dataset.videos) == 6
    assert dataset.left_out == {"mesh without the picture of its frame": 1}


def test_a_tree_that_lacks_more_than_a_tenth_is_refused(tmp_path):
    write_people(tmp_path, ["F001"])
    (tmp_path / "F001" / "Sad" / "000.jpg").unlink()
    (tmp_path / "textures.zip").write_bytes(b"")
    with pytest.raises(BenchError) as error:
        load(tmp_path)
    assert str(error.value) == (
        f"dataset 'bu4dfe' lists 6 videos and 1 of them are missing under {tmp_path}, the first is "
        f"'bu4dfe:F001/Sad' ({tmp_path}/F001/Sad has meshes and no .jpg). Unpack textures.zip."
    )


def test_the_package_of_landmarks_is_refused(tmp_path):
    write_people(tmp_path, ["F001"], frames=["000.bnd"])
    with pytest.raises(BenchError) as error:
        load(tmp_path)
    assert str(error.value) == (
        f"dataset 'bu4dfe' not found under {tmp_path}: looked for F001/Angry with .jpg frames (the "
        f"package of landmarks, .bnd, has none) there and up to 3 folders deeper. Check --root, or "
        f"complete the download."
    )


def test_the_package_of_landmarks_may_lie_beside_the_pictures(tmp_path):
    write_people(tmp_path / "BU4DFE", ["F001"])
    write_people(tmp_path / "BU4DFE_BND_V1.1", ["F001"], frames=["000.bnd"])
    assert load(tmp_path).videos[0].path == "BU4DFE/F001/Angry"


@pytest.mark.parametrize("wrong", ["empty", "gone", "file"])
def test_a_wrong_root_says_what_was_looked_for(tmp_path, wrong):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BenchError, match=r"^dataset 'bu4dfe' not found under .* --root"):
        load(tmp_path / wrong)


def test_all_that_is_wrong_with_a_tree_is_said_at_once(tmp_path):
    write_people(tmp_path / "tree", ["F001"])
    write_sequence(tmp_path / "tree", "F001", "Contempt")
    write_sequence(tmp_path / "tree", "F001", "ängry\n")
    outside = write_sequence(tmp_path, "F001", "Sad")
    link = tmp_path / "tree" / "F001" / "Sad"
    for frame in link.iterdir():
        frame.unlink()
    link.rmdir()
    link.symlink_to(outside)
    with pytest.raises(BenchError) as error:
        load(tmp_path / "tree")
    assert str(error.value) == (
        f"dataset 'bu4dfe' has 3 problems:\n"
        f"  'F001/Contempt': unknown expression; expected Angry, Disgust, Fear, Happy, Sad, "
        f"Surprise\n"
        f"  'F001/Sad': a link that leads out of {tmp_path}/tree\n"
        f"  'F001/ängry\\n': unknown expression; expected Angry, Disgust, Fear, Happy, Sad, "
        f"Surprise\n"
        f"Restore the distributor's folders, without links."
    )


def test_a_root_that_no_file_system_can_hold_is_refused(tmp_path):
    with pytest.raises(BenchError, match=r"^dataset 'bu4dfe'.* (cannot be read|not found)"):
        load(tmp_path / ("x" * 300))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_named(tmp_path):
    write_people(tmp_path, ["F001"])
    (tmp_path / "F001" / "Sad").chmod(0)
    with pytest.raises(BenchError) as error:
        load(tmp_path)
    assert str(error.value) == (
        f"dataset 'bu4dfe': {tmp_path}/F001/Sad cannot be read: Permission denied. Mend its rights "
        f"or copy it again from its source."
    )


def test_sub60_tests_thirty_women_and_thirty_men_six_a_fold(tmp_path):
    write_people(tmp_path, everybody())
    dataset = load(tmp_path)
    assert (len(dataset.videos), dataset.notes) == (606, ())
    folds = split(dataset, "sub60").folds
    tested = [sorted({id[7:11] for id in fold.test}) for fold in folds]
    assert tested[0] == ["F001", "F011", "F021", "M001", "M011", "M021"]
    assert tested[9] == ["F010", "F020", "F030", "M010", "M020", "M030"]
    assert sorted(subject for six in tested for subject in six) == [
        s for s in everybody() if s[1:] <= "030"
    ]
    assert {(len(fold.train), len(fold.test)) for fold in folds} == {(324, 36)}


def test_without_its_subjects_there_is_no_sub60(tmp_path):
    write_people(tmp_path, everybody(29, 30))
    with pytest.raises(BenchError) as refused:
        split(load(tmp_path), "sub60")
    assert str(refused.value) == (
        "protocol 'sub60' of dataset 'bu4dfe' needs all of 60 subjects, F001 to M030; subject "
        "'F030' is missing. Complete the dataset, or choose 'subject-<k>-fold'."
    )


def test_videos_are_sorted_by_id(tmp_path):
    write_people(tmp_path, ["M001", "F002", "F001"])
    ids = [video.id for video in load(tmp_path).videos]
    assert ids == sorted(set(ids))


def test_the_whole_set_is_listed_in_less_than_a_second(tmp_path):
    frames = [f"{n:03d}.{ending}" for n in range(10) for ending in ("jpg", "wrl")]
    write_people(tmp_path, everybody(), frames)
    begin = time.process_time()
    load(tmp_path)
    assert time.process_time() - begin < 1
