import subprocess
import sys

import pytest

from bench.datasets.synthetic import load
from bench.errors import BenchError
from bench.records import Video

HEAD = "key,path,label,subject,frames,apex_first,apex_last,intensity\n"
SAD = "s000-sad,videos/s000-sad.mp4,sad,s000,70,30,41,0.6000\n"
CALM = "s000-neutral,videos/s000-neutral.mp4,neutral,s000,64,,,0.0000\n"


@pytest.fixture
def root(tmp_path):
    (tmp_path / "videos").mkdir()
    for name in ("s000-sad.mp4", "s000-neutral.mp4"):
        (tmp_path / "videos" / name).write_bytes(b"not decoded")
    return tmp_path


def write(root, *rows, head=HEAD):
    (root / "manifest.csv").write_text(head + "".join(rows))


def complaint(root):
    with pytest.raises(BenchError) as caught:
        load(root)
    return str(caught.value)


def test_videos_come_sorted_with_label_subject_and_apex(root):
    write(root, SAD, CALM)
    assert load(root).videos == (
        Video("synthetic:s000-neutral", "videos/s000-neutral.mp4", "neutral", "s000"),
        Video("synthetic:s000-sad", "videos/s000-sad.mp4", "sad", "s000", apex=(30, 41)),
    )


def test_the_loader_leaves_it_to_the_marker_whether_data_are_drawn(root):
    write(root, SAD)
    (root / "SYNTHETIC").touch()
    assert load(root).synthetic is False


def test_a_listed_file_that_is_not_there_is_named(root):
    write(root, SAD, CALM)
    (root / "videos" / "s000-sad.mp4").unlink()
    dataset = load(root)
    assert dataset.missing == {"synthetic:s000-sad": "videos/s000-sad.mp4 is missing"}
    assert [video.id for video in dataset.videos] == ["synthetic:s000-neutral"]


def test_a_folder_without_a_manifest_is_no_dataset(root):
    assert complaint(root) == (
        f"dataset 'synthetic' not found under {root}: manifest.csv is missing. Pass the folder "
        f"that was drawn, or leave --root out to draw it."
    )


def test_a_manifest_without_a_column_is_refused(root):
    write(root, head="key,path,label\n")
    assert complaint(root) == (
        f"{root}/manifest.csv has no column 'subject'; expected key, path, label, subject, frames, "
        f"apex_first, apex_last. Draw the dataset anew."
    )


def test_a_row_that_is_cut_off_is_refused(root):
    write(root, SAD, "s000-neutral,videos/s000-neu")
    assert complaint(root) == (
        f"{root}/manifest.csv, line 3 ends early: label, subject, frames, apex_first, apex_last "
        f"are missing. Draw the dataset anew."
    )


def test_an_unknown_class_is_named_with_its_line(root):
    write(root, CALM, SAD.replace(",sad,", ",saad,"))
    assert complaint(root) == (
        f"{root}/manifest.csv, line 3: unknown class 'saad'. Did you mean 'sad'? Known: angry, "
        f"disgust, fear, happy, neutral, sad, surprise."
    )


@pytest.mark.parametrize("path", ["../secret.mp4", "/etc/passwd", "videos/../../secret.mp4"])
def test_a_path_that_leaves_the_root_is_refused(root, path):
    write(root, SAD.replace("videos/s000-sad.mp4", path))
    assert complaint(root) == (
        f"{root}/manifest.csv, line 2: path {path!r} leaves the dataset's root. Expected a path "
        f"inside it; remove the row."
    )


@pytest.mark.parametrize("apex", ["41,30", "30,71", "30,", "x,41", "-1,5"])
def test_an_apex_outside_the_video_is_refused(root, apex):
    write(root, SAD.replace("30,41", apex))
    first, last = apex.split(",")
    assert complaint(root) == (
        f"{root}/manifest.csv, line 2: apex from {first!r} to {last!r} in a video of '70' frames. "
        f"Expected 0 <= apex_first < apex_last <= frames. Draw the dataset anew."
    )


def test_a_key_that_is_listed_twice_is_refused(root):
    write(root, SAD, SAD)
    assert complaint(root) == (
        f"{root}/manifest.csv lists 'synthetic:s000-sad' 2 times. Expected every key once; remove "
        f"the others."
    )


def test_loading_imports_no_torch_and_decodes_nothing():
    code = (
        "import sys, bench.datasets.synthetic;"
        "print(sorted({'torch', 'cv2', 'av', 'numpy'} & set(sys.modules)))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"
