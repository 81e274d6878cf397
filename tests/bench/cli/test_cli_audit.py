"""`bench data audit` on drawn people who were really encoded, prepared and copied."""

import json
import shutil

import cv2
import pytest

from bench.frames.decode import opened
from bench.synthesis.face import draw
from bench.synthesis.identity import Identity
from bench.synthesis.performance import Difficulty, perform
from bench.synthesis.video import write_video

LABELS = ("happy", "sad")
PEOPLE = ("ann", "bob", "cyd", "dan", "eve")


@pytest.fixture(scope="session")
def filmed(tmp_path_factory):
    """class/subject/video, of five people."""
    root = tmp_path_factory.mktemp("audit")
    for label in LABELS:
        for who in PEOPLE:
            identity = Identity.of(f"audit/{who}")
            states = perform(identity, label, "0", Difficulty(frames=(40, 44))).states
            path = root / label / who / "a.mp4"
            path.parent.mkdir(parents=True)
            write_video(path, (draw(identity, state, 128) for state in states), 25)
    return root


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def copied(filmed, tmp_path):
    return shutil.copytree(filmed, tmp_path / "copied")


@pytest.fixture
def audit(ask, cache, monkeypatch):
    monkeypatch.setenv("BENCH_CACHE", str(cache))
    return lambda root, *more: ask("data", "audit", "folder", "--root", root, *more)


@pytest.fixture
def leave_one_out(tmp_path):
    """A split file whose fold k tests the k-th person."""

    def write(*extra):
        rows = [
            f"folder:{label}/{who}/a.mp4,{k}" for label in LABELS for k, who in enumerate(PEOPLE)
        ]
        (tmp_path / "split.csv").write_text("\n".join(["id,fold", *rows, *extra]) + "\n")
        return tmp_path / "split.csv"

    return write


def encoded_again(source, target):
    """Another codec, container, size and frame rate, without the last two frames."""
    with opened(source) as footage:
        pictures = [cv2.resize(picture, (112, 96)) for _, picture in footage.frames]
    write_video(target, pictures[:-2:2], 13, "mpeg4")


def test_a_clean_set_passes_with_all_that_was_compared(audit, cells, filmed):
    code, out, err = audit(filmed)
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == "frames of folder (10)"
    assert cells(out) == [[f"{k}", "8", "2", "4", "1", "16"] for k in range(1, 6)]
    assert out.splitlines()[-1] == "clean: nothing blocks a run"


def test_what_is_prepared_is_not_prepared_again(audit, filmed):
    audit(filmed)
    code, out, _ = audit(filmed)
    assert (code, out.splitlines()[0]) == (0, "frames of folder (0)")
    assert "prepared" not in out


def test_a_planted_subject_leak_is_found(audit, filmed, leave_one_out):
    split = leave_one_out()
    text = split.read_text().replace("folder:sad/bob/a.mp4,1", "folder:sad/bob/a.mp4,2")
    split.write_text(text)
    code, out, err = audit(filmed, "--split", split)
    assert (code, err) == (1, "")
    lines = [line for line in out.splitlines() if line.startswith(("blocked: ", "remedy: "))]
    assert lines == [
        "blocked: fold 2 of 'given-split' has subject 'bob' on both sides: 1 video in train and 1 "
        "in test.",
        "blocked: fold 3 of 'given-split' has subject 'bob' on both sides: 1 video in train and 1 "
        "in test.",
        "remedy: Mend the split, or choose 'loso' or 'subject-<k>-fold'.",
    ]


def test_a_renamed_copy_is_found(audit, copied, leave_one_out):
    shutil.copy(copied / "happy/ann/a.mp4", copied / "happy/eve/other.mp4")
    code, out, _ = audit(copied, "--split", leave_one_out("folder:happy/eve/other.mp4,4"))
    assert code == 1
    assert [line for line in out.splitlines() if line.startswith(("blocked: ", "remedy: "))] == [
        "blocked: 'folder:happy/eve/other.mp4' is in train and 'folder:happy/ann/a.mp4' in test of "
        "fold 1 of 'given-split' (and of 1 more fold): they have the same content.",
        "remedy: Remove one of the copies, or mend the split.",
    ]


def test_a_copy_that_was_encoded_again_is_found_and_let_through_with_a_reason(
    audit, copied, leave_one_out
):
    encoded_again(copied / "sad/cyd/a.mp4", copied / "sad/dan/b.avi")
    split = leave_one_out("folder:sad/dan/b.avi,3")
    code, out, _ = audit(copied, "--split", split)
    assert code == 1
    (line,) = (line for line in out.splitlines() if line.startswith("blocked: "))
    assert line.startswith(
        "blocked: 'folder:sad/dan/b.avi' is in train and 'folder:sad/cyd/a.mp4' in test of fold 3 "
        "of 'given-split' (and of 1 more fold): they look alike; their motion differs by "
    )
    code, out, _ = audit(copied, "--split", split, "--allow-leak", "a remake")
    assert code == 0
    (line,) = (line for line in out.splitlines() if line.startswith("allowed: "))
    assert line.endswith(" grey levels. Let through: a remake.")


def test_a_video_that_cannot_be_read_is_said_to_be_compared_with_nothing(audit, copied):
    (copied / "sad/ann/b.mp4").write_bytes(b"no video")
    code, out, _ = audit(copied)
    assert code == 0
    assert out.splitlines()[-2:] == [
        "not compared: 1 of 11 videos, which cannot be read",
        "clean: nothing blocks a run",
    ]


def test_a_program_gets_the_same_without_a_word_around_it(audit, filmed, copied):
    code, out, err = audit(filmed, "--format", "json")
    found = json.loads(out)
    assert (code, err, found["protocol"], found["blocking"]) == (0, "", "subject-5-fold", [])
    assert found["folds"][0] == {
        "fold": 1,
        "train": 8,
        "test": 2,
        "subjects in train": 4,
        "subjects in test": 1,
        "pairs across": 16,
    }
    shutil.copy(copied / "happy/ann/a.mp4", copied / "happy/bob/b.mp4")
    code, out, _ = audit(copied, "--format", "json")
    (problem,) = json.loads(out)["blocking"]
    assert (code, problem["remedy"]) == (1, "Remove one of the copies, or mend the split.")


def test_an_empty_reason_is_refused(audit, filmed):
    code, _, err = audit(filmed, "--allow-leak", "")
    assert (code, err) == (
        2,
        "error: --allow-leak '' gives no reason. Say why the copies may stay.\n",
    )
