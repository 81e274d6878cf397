from dataclasses import replace
from functools import partial
from hashlib import sha256

import cv2
import numpy as np
import pytest

from bench.cli import main
from bench.errors import BenchError
from bench.frames.decode import opened
from bench.synthesis import is_synthetic
from bench.synthesis.layout import Layout, Shot
from bench.synthesis.twin import script_of, write
from tests.brief_twins import BRIEF

STILL = Shot("still", "anna", "happy", "1", "{:02d}.png", frames=(3, 3))
FILM = Shot("film/a.mp4", "anna", "happy", "1", frames=(3, 3))


def phases(path, script):
    return {path: f"{len(script.states)} {script.apex}".encode()}


TREE = Layout(
    shots=(
        STILL,
        FILM,
        replace(FILM, path="film/other.avi", person="ben", codec="mpeg4"),
        replace(FILM, path="film/flash.flv", expression="sad", codec="flv"),
        replace(STILL, path="deep/in/it", first=5, beside=partial(phases, "deep/acted.txt")),
    ),
    files={"lists/all.txt": b"a\n", "broken.mp4": b""},
    folders=("empty/inner",),
    copies={"sound/a.mp4": "film/a.mp4"},
)


def plan(subjects, full):
    del subjects, full
    return TREE


def one(shot):
    return lambda subjects, full: Layout((shot,), {})


def tree_of(root):
    files = sorted(path for path in root.rglob("*") if path.is_file())
    return {
        path.relative_to(root).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files
    }


def frames(path):
    with opened(path) as footage:
        return [picture for _, picture in footage.frames]


def stored(shot, folder, seed=0):
    """The pictures of one shot in a twin of its own."""
    write("toy", one(shot), folder, 1, seed, workers=1)
    return frames(folder / shot.path)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("twin") / "toy"
    write("toy", plan, folder, 1, workers=1)
    return folder


def test_the_tree_is_the_planned_one_and_marked_as_drawn(root):
    assert sorted(tree_of(root)) == [
        "SYNTHETIC",
        "broken.mp4",
        "deep/acted.txt",
        *(f"deep/in/it/{number:02d}.png" for number in (5, 6, 7)),
        "film/a.mp4",
        "film/flash.flv",
        "film/other.avi",
        "lists/all.txt",
        "sound/a.mp4",
        *(f"still/{number:02d}.png" for number in (0, 1, 2)),
    ]
    assert (root / "lists/all.txt").read_bytes() == b"a\n"
    assert list((root / "empty").iterdir()) == [root / "empty/inner"]
    assert is_synthetic(root)


@pytest.mark.parametrize("path", ["film/a.mp4", "film/other.avi", "film/flash.flv", "still"])
def test_every_shot_can_be_read_back(root, path):
    assert [picture.shape for picture in frames(root / path)] == [(160, 128, 3)] * 3


def test_a_copy_has_the_same_pixels_in_other_bytes(root):
    assert np.array_equal(frames(root / "film/a.mp4"), frames(root / "sound/a.mp4"))
    assert (root / "film/a.mp4").read_bytes() != (root / "sound/a.mp4").read_bytes()


def test_what_lies_beside_a_shot_tells_how_it_was_acted(root):
    script = script_of("toy/0", TREE.shots[-1])
    assert (root / "deep/acted.txt").read_text() == f"3 {script.apex}"


def test_the_bytes_are_the_same_whatever_the_workers(root, tmp_path):
    write("toy", plan, tmp_path / "toy", 1, workers=2)
    assert tree_of(tmp_path / "toy") == tree_of(root)


def test_a_person_is_the_same_in_every_shot_and_another_one_with_another_seed(tmp_path):
    mine = stored(STILL, tmp_path / "mine")
    moved = stored(replace(STILL, path="elsewhere"), tmp_path / "moved")
    assert np.array_equal(mine, moved)
    assert not np.array_equal(mine, stored(replace(STILL, person="ben"), tmp_path / "ben"))
    assert not np.array_equal(mine, stored(STILL, tmp_path / "seeded", seed=1))


def test_without_a_take_the_path_names_the_occasion(tmp_path):
    shot = replace(STILL, take="")
    assert np.array_equal(
        stored(shot, tmp_path / "a"), stored(replace(shot, take=shot.path), tmp_path / "b")
    )


@pytest.mark.parametrize(
    ("turn", "back"),
    [
        (90, cv2.ROTATE_90_COUNTERCLOCKWISE),
        (180, cv2.ROTATE_180),
        (270, cv2.ROTATE_90_CLOCKWISE),
    ],
)
def test_a_turned_shot_is_the_straight_one_on_its_side(turn, back, tmp_path):
    straight = stored(STILL, tmp_path / "straight")
    turned = stored(replace(STILL, turn=turn), tmp_path / "turned")
    assert np.array_equal([cv2.rotate(picture, back) for picture in turned], straight)


def test_the_two_panes_of_a_dual_view_are_a_front_and_a_profile(tmp_path):
    narrow = replace(STILL, width=64)
    front = np.array(stored(narrow, tmp_path / "front"))
    side = np.array(stored(replace(narrow, view="profile"), tmp_path / "side"))
    left = np.array(stored(replace(STILL, view="left"), tmp_path / "left"))
    right = np.array(stored(replace(STILL, view="right"), tmp_path / "right"))
    assert np.array_equal(left, np.concatenate([front, side[:, :, ::-1]], axis=2))
    assert np.array_equal(right, np.concatenate([side, front], axis=2))


def test_a_close_shot_is_square_and_full_of_face(tmp_path):
    (picture, *_) = stored(replace(STILL, close=True), tmp_path / "close")
    cascade = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_default.xml")
    ((_, _, width, _),) = cascade.detectMultiScale(picture, 1.1, 4, minSize=(60, 60))
    assert picture.shape == (160, 160, 3)
    assert width > 0.6 * 160


def test_a_shot_until_the_apex_ends_at_its_strongest_frame():
    whole = script_of("toy/0", replace(STILL, frames=(40, 40)))
    cut = script_of("toy/0", replace(STILL, frames=(40, 40), until_apex=True))
    assert (len(whole.states), len(cut.states)) == (40, whole.apex[1])
    assert cut.states == whole.states[: len(cut.states)]
    assert cut.intensity[-1] == whole.intensity.max()


def test_a_neutral_shot_has_no_apex_to_end_at():
    shot = replace(STILL, expression="neutral", frames=(40, 40), until_apex=True)
    assert len(script_of("toy/0", shot).states) == 40


def test_at_full_count_nothing_is_drawn(tmp_path):
    write("toy", plan, tmp_path / "toy", full=True)
    sizes = {path: (tmp_path / "toy" / path).stat().st_size for path in tree_of(tmp_path / "toy")}
    assert sizes.pop("SYNTHETIC") > 0
    assert sizes == {
        "broken.mp4": 0,
        "deep/acted.txt": 8,
        "deep/in/it/05.png": 0,
        "film/a.mp4": 0,
        "film/flash.flv": 0,
        "film/other.avi": 0,
        "lists/all.txt": 2,
        "sound/a.mp4": 0,
        "still/00.png": 0,
    }


def test_a_folder_of_somebody_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(BenchError) as raised:
        write("toy", plan, tmp_path)
    assert str(raised.value) == (
        f"{str(tmp_path)!r} is not empty and was not drawn by this program. Expected a new folder, "
        f"or one with the file SYNTHETIC. Choose another folder, or empty this one."
    )


def test_the_command_draws_as_many_people_as_the_folds_need(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("bench.cli.data.TWINS", BRIEF)
    out = tmp_path / "twin"
    command = ["data", "synth", "--like", "crema-d", "--out", str(out), "--subjects", "1"]
    assert main(command) == 0
    said = "".join(capsys.readouterr().out.split())
    assert said.endswith(f"wroteatwinofcrema-dwith7drawnpeopleinto{out}:SYNTHETICDATA")


def test_the_command_lists_the_full_tree_without_video(tmp_path, capsys):
    out = tmp_path / "twin"
    assert main(["data", "synth", "--like", "rml", "--out", str(out), "--full"]) == 0
    said = "".join(capsys.readouterr().out.split())
    end = f"listedatwinofrmlatfullcountinto{out},withoutvideo:SYNTHETICDATA"
    assert said.endswith(end)
    assert len([*out.rglob("*.[aA][vV][iI]")]) == 720
