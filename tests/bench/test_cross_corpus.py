"""Training on one dataset and testing on another, by the real command."""

import json
import os
import shutil
from pathlib import Path

import pytest

from bench import store
from bench.cli import main

RUN = ["run", "--model", "tiny", "--dataset", "tiny-faces", "--no-cost", "--device", "cpu"]
CLASSES = ("angry", "happy", "sad")

pytestmark = pytest.mark.usefixtures("plugin")


@pytest.fixture
def others(plugin: Path, tmp_path: Path) -> Path:
    """Three other people in folders of one's own, with a label that the tested set lacks."""
    from tiny_fer.faces import draw  # pyright: ignore[reportMissingImports]

    del plugin
    root = tmp_path / "others"
    for person in (11, 12, 13):
        draw(person, {name: root / name / f"p{person}" / "video.mp4" for name in CLASSES})
    for person in (21, 22):
        paths = {name: tmp_path / "bored" / f"{person}-{name}.mp4" for name in CLASSES}
        draw(person, paths)
        (root / "bored" / f"p{person}").mkdir(parents=True)
        paths["sad"].rename(root / "bored" / f"p{person}" / "video.mp4")
    return root


def run(results: Path, others: Path, *more: str) -> int:
    words = ["--train-on", "folder", "--train-root", str(others), "--results", str(results)]
    return main([*RUN, *words, *more])


def test_the_whole_of_one_set_is_tested_by_what_the_other_taught(tmp_path, others, capsys):
    assert run(tmp_path / "r", others) == 0
    (record,), damaged = store.load_folds(tmp_path / "r")
    request = record.request
    assert damaged == ()
    assert (request.dataset, request.train_on) == ("tiny-faces", "folder")
    assert request.classes == CLASSES
    assert request.protocol == "trained-on-folder-3-classes"
    assert sorted(request.fold.train) == [
        f"folder:{name}/p{person}/video.mp4" for name in CLASSES for person in (11, 12, 13)
    ]
    assert sorted(p.video for p in record.predictions) == sorted(
        f"tiny-faces:s{person}/{name}" for person in range(1, 7) for name in CLASSES
    )
    assert "1 fold trained, 0 already done" in capsys.readouterr().out


def test_the_folds_are_frozen_and_the_result_is_found_again(tmp_path, others, capsys):
    run(tmp_path / "r", others)
    (frozen,) = (tmp_path / "r/protocols/tiny-faces").glob("*.json")
    assert frozen.name.startswith("trained-on-folder-3-classes-")
    assert json.loads(frozen.read_text())["source"] == (
        "all of folder trains, all of tiny-faces is tested"
    )
    assert run(tmp_path / "r", others) == 0
    assert "0 folds trained, 1 already done" in capsys.readouterr().out


def test_a_recipe_with_a_slip_is_told_before_any_data_are_read(tmp_path, capsys):
    assert main([*RUN, "--recipe", "commn", "--results", str(tmp_path / "r")]) == 2
    out, err = capsys.readouterr()
    assert (out, err.partition(" Known")[0]) == (
        "",
        "error: unknown recipe 'commn'. Did you mean 'common'?",
    )


def test_a_table_never_mixes_it_with_the_folds_of_the_set_itself(tmp_path, others, capsys):
    run(tmp_path / "r", others)
    main([*RUN, "--folds", "0", "--results", str(tmp_path / "r")])
    capsys.readouterr()
    assert main(["table", "--results", str(tmp_path / "r")]) == 0
    titles = [line.strip() for line in capsys.readouterr().out.splitlines() if " · " in line]
    assert titles[:2] == [
        "Tiny faces · subject-3-fold · preset full (SYNTHETIC DATA)",
        "Tiny faces · trained-on-folder-3-classes · preset full (SYNTHETIC DATA)",
    ]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            ["--protocol", "loso"],
            "error: --train-on folder trains on the whole of it and tests the whole of the "
            "dataset, so that --protocol and --split have no place. Leave one of them out.",
        ),
        (
            ["--train-on", "tiny-faces"],
            "error: --train-on tiny-faces is also the tested dataset. Leave it out: the folds of a "
            "dataset train on its own videos.",
        ),
        (
            ["--labels", "7"],
            "error: dataset 'tiny-faces' has no class 'disgust'; it has angry, happy, sad. Choose "
            "another label set.",
        ),
    ],
)
def test_a_question_that_contradicts_itself_is_refused(tmp_path, others, capsys, more, message):
    assert run(tmp_path / "r", others, *more) == 2
    assert capsys.readouterr().err.replace("\n", " ").strip() == message
    assert not (tmp_path / "r").exists()


def test_an_unknown_training_set_is_said_before_any_data_are_read(tmp_path, others, capsys):
    assert run(tmp_path / "r", others, "--train-on", "folders") == 2
    said = capsys.readouterr()
    assert said.err.startswith("error: unknown dataset 'folders'. Did you mean 'folder'?")
    assert said.out == ""


def test_a_plan_says_of_how_many_videos_nothing_was_compared(tmp_path, others, capsys, monkeypatch):
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    words = ["--train-on", "folder", "--train-root", str(others)]
    plan = ["plan", "--model", "tiny", "--dataset", "tiny-faces", "--device", "cpu", *words]
    unseen = "not compared yet, since not prepared: contents and looks of 27 videos"
    assert main(plan) == 0
    assert unseen in capsys.readouterr().out.splitlines()
    main(["data", "prepare", "tiny-faces"])
    main(["data", "prepare", "folder", "--root", str(others)])
    capsys.readouterr()
    assert main(plan) == 0
    assert "not compared" not in capsys.readouterr().out


def test_a_copy_of_a_tested_video_in_the_training_set_is_refused(tmp_path, others, capsys):
    main(["data", "prepare", "tiny-faces"])
    cache = Path(os.environ["BENCH_CACHE"])
    copied = others / "happy" / "p11" / "stolen.mp4"
    shutil.copy(cache / "datasets/tiny-faces/s2/happy.mp4", copied)
    assert run(tmp_path / "r", others) == 2
    assert capsys.readouterr().err.replace("\n", " ").strip() == (
        "error: 'folder:happy/p11/stolen.mp4' is in train and 'tiny-faces:s2/happy' in test of "
        "fold 1 of 'trained-on-folder-3-classes': they have the same content. Remove one of the "
        "copies, or mend the split."
    )
    assert run(tmp_path / "r", others, "--allow-leak", "it is only one") == 2
