import pytest

from bench.datasets.rml import CLASSES, load
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


def test_speakers_with_and_without_languages_become_videos(tmp_path):
    write(tmp_path, "rml-1/s1/an1.avi", "rml-2/s6/Persian/AN1.AVI")
    assert load(tmp_path).videos == (
        Video("rml:rml-1/s1/an1", "rml-1/s1/an1.avi", "angry", "s1"),
        Video(
            "rml:rml-2/s6/Persian/AN1",
            "rml-2/s6/Persian/AN1.AVI",
            "angry",
            "s6",
            attributes={"language": "Persian"},
        ),
    )


def test_the_six_codes_are_the_six_classes_in_order(tmp_path):
    write(tmp_path, *(f"rml-1/s1/{code}1.avi" for code in ("an", "di", "fe", "ha", "sa", "su")))
    (tmp_path / "rml-2").mkdir()
    dataset = load(tmp_path)
    assert tuple(video.label for video in dataset.videos) == dataset.classes == CLASSES


def test_speakers_that_are_absent_are_named(tmp_path):
    write(tmp_path, *(f"rml-1/s{k}/an1.avi" for k in (1, 2, 3, 5)), "rml-2/s6/an1.avi")
    assert load(tmp_path).notes == ("3 of 8 speakers have no video here: s4, s7, s8.",)
    write(tmp_path, "rml-1/s4/an1.avi", "rml-2/s7/an1.avi", "rml-2/s8/an1.avi")
    assert load(tmp_path).notes == ()


def test_a_tree_that_is_nested_keeps_its_ids(tmp_path):
    write(tmp_path, "RML/rml/rml-1/s1/an1.avi", "RML/rml/rml-2/s6/an1.avi")
    assert [(video.id, video.path) for video in load(tmp_path).videos] == [
        ("rml:rml-1/s1/an1", "RML/rml/rml-1/s1/an1.avi"),
        ("rml:rml-2/s6/an1", "RML/rml/rml-2/s6/an1.avi"),
    ]


def test_what_is_no_video_is_left_out_and_strays_are_ignored(tmp_path):
    write(tmp_path, "rml-1/s1/an1.avi", "rml-1/s1/Thumbs.db", "rml-1/s1/readme.txt")
    write(tmp_path, "rml-2/s6/English/Thumbs.db", "rml-2/notes/an1.avi", "beside/an1.avi")
    (tmp_path / "rml-1/s1/an2.avi").mkdir()
    (tmp_path / "rml-1/s1/an3.avi").symlink_to(tmp_path / "nowhere.avi")
    (tmp_path / "rml-1/s1/an4.avi").symlink_to("/etc/passwd")
    dataset = load(tmp_path)
    assert [video.id for video in dataset.videos] == ["rml:rml-1/s1/an1"]
    assert dataset.left_out == {
        "named like a video and no file": 2,
        "link that leaves the root": 1,
        "no AVI file": 1,
    }


def test_all_names_that_cannot_be_used_are_said_at_once(tmp_path):
    write(tmp_path, "rml-1/s1/xx1.avi", "rml-1/s2/happy.avi", "rml-1/s1/an1.avi")
    write(tmp_path, "rml-1/s1/an1.AVI", "rml-2/s6/a\nb/an1.avi")
    assert refusal(tmp_path) == (
        "dataset 'rml' has 4 problems:\n"
        "  'rml-1/s1/an1.avi' and 'rml-1/s1/an1.AVI' are one video by name\n"
        "  'rml-1/s1/xx1.avi' has no known code; expected one of an, di, fe, ha, sa, su, and a "
        "number\n"
        "  'rml-1/s2/happy.avi' has no known code; expected one of an, di, fe, ha, sa, su, and a "
        "number\n"
        "  'rml-2/s6/a\\nb/an1.avi' has characters that cannot be printed\n"
        "Rename these files as they were delivered, or remove them."
    )


def test_a_half_that_is_still_packed_is_named(tmp_path):
    write(tmp_path, "rml-1/s1/an1.avi", "rml-2.zip")
    assert refusal(tmp_path) == (
        f"dataset 'rml' not found under {tmp_path}: looked for the folders rml-1 and rml-2 there "
        f"and up to 3 folders deeper. Unpack rml-2.zip."
    )


def test_two_parts_without_a_video_are_refused(tmp_path):
    write(tmp_path, "rml-1/s1/Thumbs.db", "rml-2/s6/Thumbs.db")
    assert refusal(tmp_path) == (
        f"dataset 'rml' has no video under {tmp_path}. Complete the download."
    )
