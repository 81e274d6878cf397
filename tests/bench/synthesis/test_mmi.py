import re
from collections import Counter
from dataclasses import replace
from xml.etree import ElementTree

import av
import cv2
import numpy as np
import pytest

from bench.audit import audit
from bench.datasets.mmi import load
from bench.protocols import split
from bench.synthesis import is_synthetic, twin
from bench.synthesis.layouts import mmi


def short(subjects, full):
    layout = mmi.few(subjects, full)
    films = (replace(shot, frames=(20, 24)) if not shot.images else shot for shot in layout.shots)
    return replace(layout, shots=tuple(films))


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("twin") / "mmi"
    twin.write("mmi", short, folder, subjects=2, workers=1)
    return folder


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    folder = tmp_path_factory.mktemp("full") / "mmi"
    twin.write("mmi", mmi.plan, folder, full=True)
    return load(folder)


def sessions(root):
    return sorted((root / "Sessions").iterdir(), key=lambda folder: int(folder.name))


def parse(path):
    return ElementTree.parse(path).getroot()


def first_frame(path):
    with av.open(str(path)) as container:
        return next(container.decode(video=0)).to_ndarray(format="rgb24")


def emotion(folder):
    (file,) = [path for path in folder.glob("S*.xml") if "oao" not in path.name]
    tags = [tag for tag in parse(file).iter("Metatag") if tag.get("Name") == "Emotion"]
    return tags[0].get("Value") if tags else None


def of_quirk(quirk):
    return next(session for session in mmi.sessions(2) if session.quirk == quirk)


def film(root, session):
    return root / f"{session.stem}.avi"


def sheet(root, session):
    return root / f"{session.stem}-oao_aucs.xml"


def test_the_twin_is_marked_as_drawn(root):
    assert is_synthetic(root)


def test_every_name_is_as_the_distributor_writes_it(root):
    pattern = r"session\.xml|S\d{3}-\d{3}(\.avi|\.xml|-oao_aucs\.xml|-\d{3}\.jpg)"
    names = [path.name for folder in sessions(root) for path in folder.iterdir()]
    assert [name for name in names if not re.fullmatch(pattern, name)] == []


def test_emotions_are_counted_by_code(root):
    codes = Counter(emotion(folder) for folder in sessions(root))
    assert codes == {"1": 3, "2": 2, "3": 2, "4": 2, "5": 3, "6": 3, "7": 1, "10": 1, None: 2}


def test_views_are_counted(root):
    views = Counter(parse(folder / "session.xml")[1].get("view") for folder in sessions(root))
    assert views == {"0": 15, "1": 2, "2": 2}


def test_a_frontal_recording_whose_last_annotation_has_no_units_lies_on_its_side(root):
    for folder in sessions(root):
        track = parse(folder / "session.xml")[1]
        (*_, last) = [one.get("filename") for one in track]
        for video in folder.glob("*.avi"):
            upright = first_frame(video).shape == (288, 360, 3)
            assert upright == (track.get("view") != "0" or last.endswith("-oao_aucs.xml"))


def test_a_rotated_recording_is_upright_after_a_clockwise_turn(root):
    session = of_quirk("rotated")
    frame = first_frame(film(root, session))
    turned = cv2.rotate(frame, cv2.ROTATE_90_CLOCKWISE)
    cascade = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_default.xml")
    assert len(cascade.detectMultiScale(turned, 1.1, 4, minSize=(60, 60))) == 1
    assert len(cascade.detectMultiScale(frame, 1.1, 4, minSize=(60, 60))) == 0


@pytest.mark.parametrize(("quirk", "half"), [("left", np.s_[:, :180]), ("right", np.s_[:, 180:])])
def test_the_frontal_face_of_a_dual_view_is_in_its_half(root, quirk, half):
    session = of_quirk(quirk)
    frame = first_frame(film(root, session))
    cascade = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_default.xml")
    assert len(cascade.detectMultiScale(frame[half], 1.1, 4, minSize=(60, 60))) == 1


def test_one_session_holds_images_and_no_video(root):
    kinds = Counter(
        frozenset(path.suffix for path in folder.iterdir()) for folder in sessions(root)
    )
    assert kinds[frozenset({".xml", ".jpg"})] == 1
    assert kinds[frozenset({".xml", ".avi"})] == len(sessions(root)) - 1


def test_markers_count_from_one_and_walk_through_all_phases(root):
    unit = next(parse(sheet(root, of_quirk(""))).iter("ActionUnit"))
    marks = [(int(mark.get("Frame")), mark.get("Type")) for mark in unit]
    assert [kind for _, kind in marks] == ["0", "1", "2", "3", "0"]
    assert marks[0][0] == 1
    assert marks == sorted(marks, key=lambda mark: mark[0])


def test_broken_markers_are_out_of_order_or_unfinished(root):
    units = [*parse(sheet(root, of_quirk("broken"))).iter("ActionUnit")]
    frames = [[int(mark.get("Frame")) for mark in unit] for unit in units]
    assert frames[0] != sorted(frames[0])
    assert len(frames[1]) == 3


def test_a_session_without_markers_has_no_file_of_them(root):
    assert not sheet(root, of_quirk("unmarked")).exists()


def test_no_class_gathers_the_odd_sessions():
    odd = Counter(s.expression for s in mmi.sessions(20)[:120] if s.quirk in ("left", "right"))
    assert sum(odd.values()) == 20
    assert max(odd.values()) <= 4


def test_as_many_people_as_asked_take_part():
    assert len({session.subject for session in mmi.sessions(75)}) == 75


def test_the_adapter_finds_the_basic_emotions_and_counts_the_rest(root):
    dataset = load(root)
    assert Counter(video.label for video in dataset.videos) == dict.fromkeys(mmi.CODES, 2)
    assert {video.subject for video in dataset.videos} == {"S001", "S002"}
    assert dataset.missing == {}
    assert dataset.left_out == {
        "emotion code 7": 1,
        "emotion code 10": 1,
        "no emotion tag": 2,
        "profile view": 2,
        "still images": 1,
    }


@pytest.mark.parametrize(
    ("quirk", "rotation", "panes"),
    [("", 0, 1), ("rotated", 90, 1), ("unmarked", 90, 1), ("left", 0, 2), ("right", 0, 2)],
)
def test_the_adapter_sees_how_a_session_is_stored(root, quirk, rotation, panes):
    session = of_quirk(quirk)
    (video,) = [v for v in load(root).videos if v.path == session.shot.path]
    assert (video.rotation, video.panes) == (rotation, panes)


def test_the_adapter_reads_the_apex_that_was_acted(root):
    session = of_quirk("")
    (video,) = [v for v in load(root).videos if v.path == session.shot.path]
    shot = next(one for one in short(2, False).shots if one.path == video.path)
    assert video.apex == twin.script_of("mmi/0", shot).apex


def test_the_twin_at_full_count_has_the_sessions_that_papers_score(full):
    counts = {"angry": 31, "disgust": 32, "fear": 28, "happy": 42, "sad": 32, "surprise": 40}
    assert Counter(video.label for video in full.videos) == counts
    assert (len(full.videos), len({video.subject for video in full.videos})) == (205, 30)
    assert sum(full.left_out.values()) == len(mmi.EXTRAS)
    assert full.missing == {}


def test_the_ten_folds_of_the_full_twin_test_every_session_once(full):
    protocol = split(full, "subject-10-fold")
    assert sum(len(fold.test) for fold in protocol.folds) == 205
    assert audit(protocol, full) == ()
