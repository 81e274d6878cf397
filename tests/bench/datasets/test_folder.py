import time

import pytest

from bench.datasets.folder import load
from bench.errors import BenchError
from bench.records import Video


def write(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"frames")


def refusal(root):
    with pytest.raises(BenchError) as error:
        load(root)
    return str(error.value)


def test_files_and_folders_of_images_become_videos_of_class_and_subject(tmp_path):
    write(tmp_path, "joy/anna/smile.MP4", "joy/anna/laugh/1.jpg", "joy/anna/laugh/note.txt")
    write(tmp_path, "Anger/bob/a.avi", "manifest.txt")
    dataset = load(tmp_path)
    assert dataset.classes == ("Anger", "joy")
    assert dataset.notes == ()
    assert dataset.left_out == {}
    assert dataset.videos == (
        Video("folder:Anger/bob/a.avi", "Anger/bob/a.avi", "Anger", "bob"),
        Video("folder:joy/anna/laugh", "joy/anna/laugh", "joy", "anna"),
        Video("folder:joy/anna/smile.MP4", "joy/anna/smile.MP4", "joy", "anna"),
    )


def test_without_the_level_of_subjects_there_are_none(tmp_path):
    write(tmp_path, "joy/party.mp4", "joy/grin.avi/1.png", "joy/grin.avi/list.txt", "fear/b/b.mp4")
    dataset = load(tmp_path)
    assert [(video.path, video.subject) for video in dataset.videos] == [
        ("fear/b/b.mp4", "b"),
        ("joy/grin.avi", None),
        ("joy/party.mp4", None),
    ]
    assert dataset.notes == (
        "2 of 3 videos lie directly in their class and have no subject: subject-independent folds "
        "need class/subject/video, others a file with --split.",
    )


def test_what_is_no_video_is_left_out_and_counted(tmp_path):
    write(tmp_path, "joy/a/1.mp4", "joy/a/face.jpg", "joy/a/1.srt", "joy/a/Thumbs.db", "x/b/1.mp4")
    write(tmp_path, "joy/a/deep/deeper/1.jpg", "joy/poster.png", "x/.hidden/1.mp4")
    (tmp_path / "joy/empty").mkdir()
    dataset = load(tmp_path)
    assert [video.path for video in dataset.videos] == ["joy/a/1.mp4", "x/b/1.mp4"]
    assert dataset.left_out == {
        "no video": 1,
        "image beside videos": 2,
        "folder without images": 2,
    }


def test_links_are_followed_inside_of_the_root_alone(tmp_path):
    root = tmp_path / "root"
    write(root, "joy/a/1.mp4", "x/b/1.mp4")
    write(tmp_path, "outside/1.mp4")
    (root / "joy/a/2.mp4").symlink_to(root / "joy/a/1.mp4")
    (root / "joy/a/3.mp4").symlink_to(tmp_path / "outside/1.mp4")
    (root / "joy/a/4.mp4").symlink_to(root / "joy/a/4.mp4")
    (root / "joy/c").symlink_to(tmp_path / "outside")
    dataset = load(root)
    paths = [video.path for video in dataset.videos]
    assert paths == ["joy/a/1.mp4", "joy/a/2.mp4", "x/b/1.mp4"]
    assert dataset.left_out == {"link that leaves the root": 2, "broken link": 1}


def test_all_folders_that_cannot_be_used_are_said_at_once(tmp_path):
    write(tmp_path, "joy/a\nb/1.mp4", "joy/a/1.mp4", "docs/read.txt")
    (tmp_path / "empty").mkdir()
    assert refusal(tmp_path) == (
        "dataset 'folder' has 3 problems:\n"
        "  class 'docs' holds no video\n"
        "  class 'empty' holds no video\n"
        f"  {str(tmp_path / 'joy') + '/a'!r}".removesuffix("'")
        + "\\nb' has characters that cannot be printed\n"
        "Rename or remove these, or allow to read them."
    )


def test_a_name_that_is_no_text_is_a_problem(tmp_path):
    write(tmp_path, "joy/a/1.mp4", "x/a/1.mp4", "x/a/\udcff.mp4")
    assert f"'{tmp_path}/x/a/\\udcff.mp4' has characters that cannot be printed" in refusal(
        tmp_path
    )


def test_a_root_with_fewer_than_two_folders_is_refused(tmp_path):
    write(tmp_path, "data/joy/a/1.mp4", "videos.zip")
    assert refusal(tmp_path) == (
        f"dataset 'folder' not found under {tmp_path}: 1 folder there; expected one a class, two "
        f"at least. Unpack videos.zip."
    )


@pytest.mark.parametrize("kind", ["absent", "file"])
def test_a_root_that_is_no_folder_is_refused(tmp_path, kind):
    root = tmp_path / "root"
    if kind == "file":
        root.write_bytes(b"")
    assert refusal(root) == (
        f"dataset 'folder' not found under {root}: 0 folders there; expected one a class, two at "
        f"least. Pass the folder that holds them."
    )


def test_two_thousand_folders_load_in_a_fraction_of_a_second(tmp_path):
    for k in range(2000):
        (tmp_path / f"{'xy'[k % 2]}/s{k % 50}/{k}").mkdir(parents=True)
        (tmp_path / f"{'xy'[k % 2]}/s{k % 50}/{k}/1.jpg").touch()
    start = time.process_time()
    assert len(load(tmp_path).videos) == 2000
    assert time.process_time() - start < 0.25 * 4  # a quarter is in proportion; the rest is slack
