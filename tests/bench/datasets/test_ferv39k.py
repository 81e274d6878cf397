import time
from math import ceil

import pytest

from bench.datasets.ferv39k import CLASSES, load
from bench.errors import BenchError
from bench.records import Video

SIZES = {("Action", "Sad"): 11, ("Action", "Happy"): 10, ("War", "Fear"): 6}
"""Clips of each scene and emotion: 3, 2 and 2 of them are tested."""
TEST = {
    "ferv39k:Action/Sad/0000",
    "ferv39k:Action/Sad/0001",
    "ferv39k:Action/Sad/0002",
    "ferv39k:Action/Happy/0000",
    "ferv39k:Action/Happy/0001",
    "ferv39k:War/Fear/0000",
    "ferv39k:War/Fear/0001",
}


def write_clips(root, sizes=SIZES, home="2_ClipsforFaceCrop"):
    for (scene, emotion), count in sizes.items():
        for number in range(count):
            (root / home / scene / emotion / f"{number:04}").mkdir(parents=True)


def write_lists(root, sizes=SIZES):
    """Lists by the rule: the first fifth, rounded up, is tested."""
    folder = root / "4_setups" / "All_scenes"
    folder.mkdir(parents=True, exist_ok=True)
    lines = {"train": [], "test": []}
    for (scene, emotion), count in sizes.items():
        for number in range(count):
            side = "test" if number < ceil(count / 5) else "train"
            lines[side].append(f"{scene}/{emotion}/{number:04} {emotion}\n")
    for side, texts in lines.items():
        (folder / f"{side}_All.csv").write_text("".join(texts))
    return folder


def write_whole(root):
    write_clips(root)
    return write_lists(root)


def refusal(root):
    with pytest.raises(BenchError) as error:
        load(root)
    return str(error.value)


def test_a_clip_folder_becomes_a_video(tmp_path):
    write_whole(tmp_path)
    dataset = load(tmp_path)
    assert dataset.name == "ferv39k"
    assert dataset.classes == CLASSES == tuple(sorted(CLASSES))
    assert len(dataset.videos) == 27
    assert dataset.videos[0] == Video(
        "ferv39k:Action/Happy/0000",
        "2_ClipsforFaceCrop/Action/Happy/0000",
        "happy",
        attributes={"scene": "Action"},
        aligned=True,
    )
    ids = [video.id for video in dataset.videos]
    assert ids == sorted(ids)
    assert dataset.missing == dataset.left_out == {}
    assert dataset.notes == ()


def test_the_official_split_tests_the_first_fifth_rounded_up(tmp_path):
    write_whole(tmp_path)
    dataset = load(tmp_path)
    (fold,) = dataset.official["official"]
    assert set(fold.test) == TEST
    assert set(fold.train) == {video.id for video in dataset.videos} - TEST


@pytest.mark.parametrize("absent", [["train"], ["test"], ["train", "test"]])
def test_absent_lists_are_made_by_the_rule(tmp_path, absent):
    folder = write_whole(tmp_path)
    for side in absent:
        (folder / f"{side}_All.csv").unlink()
    dataset = load(tmp_path)
    assert set(dataset.official["official"][0].test) == TEST
    names = " and no ".join(f"{side}_All.csv" for side in absent)
    assert dataset.notes == (f"No {names}: made by the rule of the official split.",)


def test_without_lists_a_number_that_lacks_is_a_missing_clip(tmp_path):
    write_clips(tmp_path)
    (tmp_path / "2_ClipsforFaceCrop" / "Action" / "Sad" / "0001").rmdir()
    dataset = load(tmp_path)
    assert dataset.missing == {
        "ferv39k:Action/Sad/0001": "no clip at 2_ClipsforFaceCrop/Action/Sad/0001"
    }
    assert set(dataset.official["official"][0].test) == TEST


@pytest.mark.parametrize(
    ("clips", "lists"),
    [
        ("2_ClipsforFaceCrop-002/2_ClipsforFaceCrop", "FERV39K/FERV39k"),
        ("FERV39K/FERV39k/2_ClipsforFaceCrop", "FERV39K/FERV39k"),
        ("FERV39k/2_ClipsforFaceCrop", "FERV39k/4_setups"),
        ("2_ClipsforFaceCrop/2_ClipsforFaceCrop", "."),
    ],
)
def test_clips_and_lists_may_be_nested_apart(tmp_path, clips, lists):
    write_clips(tmp_path, home=clips)
    write_lists(tmp_path / lists)
    dataset = load(tmp_path)
    assert dataset.notes == ()
    assert dataset.videos[0].path == f"{clips}/Action/Happy/0000"


def test_scene_images_beside_the_face_crops_are_not_read(tmp_path):
    write_whole(tmp_path)
    write_clips(tmp_path, home="3_ClipsforScenImages")
    assert len(load(tmp_path).videos) == 27


def test_the_folder_of_face_crops_may_be_the_root(tmp_path):
    write_clips(tmp_path)
    assert load(tmp_path / "2_ClipsforFaceCrop").videos[0].path == "Action/Happy/0000"


def test_a_list_with_a_header_is_told(tmp_path):
    folder = write_whole(tmp_path)
    path = folder / "train_All.csv"
    path.write_text("path label\n" + path.read_text())
    dataset = load(tmp_path)
    assert dataset.notes == (
        "train_All.csv begins with a header, which the distributor's does not.",
    )
    assert len(dataset.videos) == 27


def test_a_list_whose_first_clip_was_dropped_is_refused(tmp_path):
    folder = write_whole(tmp_path)
    path = folder / "test_All.csv"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[1:]))
    assert refusal(tmp_path) == (
        "4_setups/All_scenes differs from the official split in 1 ids of fold 1, the first is "
        "'Action/Sad/0000'. Restore the distributor's files, or pass your own with --split."
    )


def test_all_that_is_wrong_with_a_tree_is_said_at_once(tmp_path):
    folder = write_whole(tmp_path)
    odd = tmp_path / "2_ClipsforFaceCrop" / "Action" / "Calm"
    odd.mkdir()
    path = folder / "train_All.csv"
    path.write_text(
        "Action/Sad/0005 Happy\nAction/Calm/0001 Calm\n../../Sad/0001 Sad\n"
        "Action/Sad/0006 Sad\nAction/Sad/0006 Sad\nAction/Sad/0007\n"
    )
    (folder / "test_All.csv").write_bytes(b"\xff\xfe")
    assert refusal(tmp_path) == (
        "dataset 'ferv39k' has 7 problems:\n"
        f"  {odd} is no emotion; expected angry, disgust, fear, happy, neutral, sad, surprise\n"
        f"  {path}, line 1: label 'Happy' of a clip in folder 'Sad'\n"
        f"  {path}, line 2: label 'Calm' of a clip in folder 'Calm'\n"
        f"  {path}, line 3: '../../Sad/0001 Sad' is not like 'Action/Sad/0010 Sad'\n"
        f"  {path}, line 5: clip Action/Sad/0006 is listed twice\n"
        f"  {path}, line 6: 'Action/Sad/0007' is not like 'Action/Sad/0010 Sad'\n"
        f"  {folder / 'test_All.csv'} cannot be read: it is no utf-8-sig text\n"
        "Restore the distributor's files."
    )


def test_lists_that_are_there_twice_are_named(tmp_path):
    first, second = write_whole(tmp_path), write_lists(tmp_path / "copy")
    assert refusal(tmp_path) == (
        "dataset 'ferv39k' has 1 problem:\n"
        f"  lists are there 2 times: {first}, {second}\n"
        "Restore the distributor's files."
    )


def test_an_emotion_under_two_spellings_is_a_problem_where_clips_collide(tmp_path):
    write_whole(tmp_path)
    again = tmp_path / "2_ClipsforFaceCrop" / "War" / "fear"
    (again / "0000").mkdir(parents=True)
    assert refusal(tmp_path) == (
        "dataset 'ferv39k' has 1 problem:\n"
        f"  {again} has numbers of another folder of that emotion\n"
        "Restore the distributor's files."
    )


def test_clips_of_no_list_and_folders_without_a_number_are_left_out(tmp_path):
    write_whole(tmp_path)
    sad = tmp_path / "2_ClipsforFaceCrop" / "Action" / "Sad"
    for name in ("0011", "clip", "00012", "nö\n"):
        (sad / name).mkdir()
    (sad / "Thumbs.db").write_bytes(b"")
    assert load(tmp_path).left_out == {"in no list": 1, "not named by a number": 3}


@pytest.mark.parametrize("what", ["absent", "file", "broken", "loop"])
def test_what_is_no_folder_inside_of_the_root_is_no_clip(tmp_path, what):
    root = tmp_path / "root"
    write_whole(root)
    clip = root / "2_ClipsforFaceCrop" / "Action" / "Sad" / "0004"
    clip.rmdir()
    if what == "file":
        clip.write_bytes(b"")
    elif what != "absent":
        clip.symlink_to({"broken": root / "none", "loop": clip}[what])
    dataset = load(root)
    assert list(dataset.missing) == ["ferv39k:Action/Sad/0004"]
    assert len(dataset.videos) == 27


def test_a_clip_that_links_out_of_the_root_is_refused(tmp_path):
    root = tmp_path / "root"
    write_whole(root)
    clip = root / "2_ClipsforFaceCrop" / "Action" / "Sad" / "0004"
    clip.rmdir()
    clip.symlink_to(tmp_path)
    assert refusal(root) == (
        "dataset 'ferv39k' has 1 problem:\n"
        "  '2_ClipsforFaceCrop/Action/Sad/0004' is a link that leaves the root\n"
        "Put the files themselves there, or remove the links."
    )


def test_a_folder_that_links_out_of_the_root_is_not_read(tmp_path):
    root = tmp_path / "root"
    write_whole(root)
    home = root / "2_ClipsforFaceCrop"
    (home / "Action").rename(tmp_path / "Action")
    (home / "Action").symlink_to(tmp_path / "Action")
    assert refusal(root) == (
        f"dataset 'ferv39k' lists 27 videos and 21 of them are missing under {root}, the first is "
        f"'ferv39k:Action/Happy/0000' (no clip at 2_ClipsforFaceCrop/Action/Happy/0000). "
        f"Check --root, or complete the download."
    )


def test_a_wrong_root_says_what_was_looked_for(tmp_path):
    assert refusal(tmp_path) == (
        f"dataset 'ferv39k' not found under {tmp_path}: looked for "
        f"2_ClipsforFaceCrop/<scene>/<emotion>/ there and up to 3 folders deeper. "
        f"Check --root, or complete the download."
    )
    (tmp_path / "2_ClipsforFaceCrop.zip").write_bytes(b"")
    assert refusal(tmp_path).endswith("Unpack 2_ClipsforFaceCrop.zip.")


def test_two_thousand_clips_load_in_their_share_of_two_seconds(tmp_path):
    sizes = {("Action", name.capitalize()): 290 for name in CLASSES}
    write_clips(tmp_path, sizes)
    write_lists(tmp_path, sizes)
    load(tmp_path)
    start = time.perf_counter()
    assert len(load(tmp_path).videos) == 2030
    assert time.perf_counter() - start < 2 * 2030 / 16372
