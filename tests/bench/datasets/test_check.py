import shutil
from dataclasses import replace

import av
import cv2
import numpy as np
import pytest

from bench.datasets.check import Count, check, describe
from bench.records import Dataset, DatasetEntry, Video

ENTRY = DatasetEntry("faces", "Faces", "none:load", "nobody", "subject-2-fold")


def film(path, level):
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv420p"
        picture = np.full((32, 32, 3), level, np.uint8)
        container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())


@pytest.fixture
def root(tmp_path):
    for number in range(4):
        film(tmp_path / f"v{number}.avi", 40 * number)
    return tmp_path


@pytest.fixture
def faces():
    videos = [
        Video(f"faces:v{i}", f"v{i}.avi", ("happy", "sad")[i % 2], subject=f"S{i // 2}")
        for i in range(4)
    ]
    return Dataset("faces", ("angry", "happy", "sad"), tuple(videos))


def entry(**published):
    return DatasetEntry("faces", "Faces", "none:load", "nobody", "x", published=published)


def test_a_whole_folder_is_clean(root, faces):
    report = check(faces, ENTRY, root)
    assert report.clean
    assert report.counts == {
        "videos": Count(4, None),
        "subjects": Count(2, None),
        "angry": Count(0, None),
        "happy": Count(2, None),
        "sad": Count(2, None),
    }


def test_counts_are_set_beside_the_published_ones(root, faces):
    report = check(faces, entry(videos=4, subjects=2, happy=3), root)
    assert report.counts["videos"] == Count(4, 4)
    assert report.counts["happy"] == Count(2, 3)
    assert not report.clean


def test_a_synthetic_twin_is_not_held_against_the_counts_of_the_real_set(root, faces):
    report = check(replace(faces, synthetic=True), entry(videos=205), root)
    assert report.counts["videos"] == Count(4, None)
    assert report.clean


def test_a_published_class_that_the_folder_lacks_differs(root, faces):
    report = check(faces, entry(bored=7), root)
    assert report.counts["bored"] == Count(0, 7)
    assert not report.clean


def test_an_empty_file_and_one_that_is_no_video_are_broken(root, faces):
    (root / "v0.avi").write_bytes(b"")
    (root / "v3.avi").write_bytes(b"no video" * 9)
    report = check(faces, ENTRY, root)
    assert list(report.broken) == ["faces:v0", "faces:v3"]
    assert report.broken["faces:v0"].startswith(f"{root / 'v0.avi'} (0 bytes) cannot be opened")
    assert report.counts["videos"].found == 4
    assert not report.clean


def test_a_file_that_went_away_is_broken(root, faces):
    (root / "v1.avi").unlink()
    assert list(check(faces, ENTRY, root).broken) == ["faces:v1"]


def test_what_the_loader_missed_is_passed_on(root, faces):
    lacking = Dataset(
        "faces", faces.classes, faces.videos, {"profile view": 2}, {"faces:x": "x is missing"}
    )
    report = check(lacking, ENTRY, root)
    assert (report.left_out, report.missing) == ({"profile view": 2}, {"faces:x": "x is missing"})
    assert not report.clean


def test_copies_are_found_by_their_content(root, faces):
    shutil.copy(root / "v2.avi", root / "v0.avi")
    report = check(faces, ENTRY, root)
    assert report.duplicates == (("faces:v0", "faces:v2"),)
    assert not report.clean


def test_files_of_equal_size_are_no_copies(root, faces):
    data = bytearray((root / "v2.avi").read_bytes())
    data[-1] ^= 1
    (root / "v0.avi").write_bytes(data)
    assert check(faces, ENTRY, root).duplicates == ()


def test_copied_folders_of_images_are_found(tmp_path):
    for name, level in (("a", 10), ("b", 10), ("c", 20)):
        (tmp_path / name).mkdir()
        cv2.imwrite(str(tmp_path / name / "1.png"), np.full((8, 8, 3), level, np.uint8))
    videos = tuple(Video(f"faces:{name}", name, "happy") for name in "abc")
    report = check(Dataset("faces", ("happy",), videos), ENTRY, tmp_path)
    assert report.duplicates == (("faces:a", "faces:b"),)


def test_a_report_is_told_in_sentences(root, faces):
    (root / "v0.avi").write_bytes(b"")
    lines = describe(check(faces, entry(videos=5, happy=2), root))
    assert lines[:3] == [
        "videos: 4, published 5: DIFFERS",
        "subjects: 2",
        "angry: 0",
    ]
    assert lines[3] == "happy: 2, published 2: as published"
    assert lines[5].startswith("broken: faces:v0: ")
    assert (
        lines[-1]
        == "not clean (counts that differ: 1, missing: 0, broken: 1, there more than once: 0)"
    )


def test_of_many_problems_of_a_kind_the_first_ten_are_named(root, faces):
    missing = {f"faces:x{n:02}": "no file" for n in range(12)}
    report = check(replace(faces, missing=missing), ENTRY, root)
    named = [f"missing: faces:x{n:02}: no file" for n in range(12)]
    shown = [line for line in describe(report) if line.startswith("missing")]
    assert shown == [*named[:10], "missing: 2 more, which --all names"]
    assert [li for li in describe(report, every=True) if li.startswith("missing")] == named


def test_a_missing_video_is_not_broken_too(root, faces):
    (root / "v1.avi").unlink()
    report = check(replace(faces, missing={"faces:v1": "v1.avi is missing"}), ENTRY, root)
    assert (list(report.missing), report.broken) == (["faces:v1"], {})


def test_a_clean_report_says_so(root, faces):
    assert (
        describe(check(faces, ENTRY, root))[-1] == "clean: nothing missing, broken or there twice"
    )


def test_progress_is_told_to_the_watch(root, faces):
    told = []

    def watch(videos, description, total):
        told.append((description, total))
        return videos

    check(faces, ENTRY, root, watch=watch)
    assert told == [("files of faces", 4)]
