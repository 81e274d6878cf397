"""Trained systems on real encoded video: asked again, asked about one file, answered elsewhere."""

import csv
import json
import shutil
from pathlib import Path

import pytest

from bench import store
from bench.cli import main

RUN = ["--dataset", "tiny-faces", "--device", "cpu"]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    return tmp_path_factory.mktemp("shelf")


@pytest.fixture
def trained(plugin, shelf, tmp_path, capsys):
    """Results of one fold, its network kept beside it; trained once, and copied."""
    del plugin
    if not any(shelf.iterdir()):
        more = ["--no-cost", "--keep-weights", "--folds", "0", "--results", str(shelf)]
        assert main(["run", "--model", "tiny", *RUN, *more]) == 0
        capsys.readouterr()
    return shutil.copytree(shelf, tmp_path / "trained")


def only(results: Path) -> Path:
    (path,) = results.glob("accuracy/**/fold-0.json")
    return path


def test_a_kept_network_gives_the_answers_it_gave(trained, tmp_path, capsys):
    kept = only(trained).with_suffix(".pth")
    asked = ["eval", "--model", "tiny", "--checkpoint", str(kept), "--folds", "0", *RUN]
    assert main([*asked, "--results", str(tmp_path / "asked")]) == 0
    said = capsys.readouterr().out
    assert "1 fold answered, 0 already done" in said
    first, again = store.load_fold(only(trained)), store.load_fold(only(tmp_path / "asked"))
    assert [p.scores for p in again.predictions] == [p.scores for p in first.predictions]
    assert (again.request.made, again.epochs, again.request.recipe.name) == (
        "evaluated",
        (),
        "none",
    )
    assert again.request.weights.origin == kept.name
    assert again.request.findings == ()
    assert main([*asked, "--results", str(tmp_path / "asked")]) == 0
    assert "0 folds answered, 1 already done" in capsys.readouterr().out


def test_all_kept_networks_are_asked_by_the_path_that_is_printed(plugin, tmp_path, capsys):
    del plugin
    results = ["--results", str(tmp_path)]
    run = ["run", "--model", "tiny", *RUN, "--no-cost", *results]
    assert main([*run, "--folds", "0"]) == 0
    capsys.readouterr()
    assert main([*run, "--folds", "0-1", "--keep-weights"]) == 0
    *_, where, lacking = capsys.readouterr().out.splitlines()
    assert where == f"networks of tiny: {only(tmp_path).with_name('fold-{index}.pth')}"
    assert lacking == (
        "1 fold of tiny kept no network: --overwrite trains again those that were done before"
    )
    pattern = where.partition(": ")[2]
    asked = ["eval", "--model", "tiny", "--checkpoint", pattern, *RUN, *results]
    assert main([*asked, "--folds", "1"]) == 0
    assert "1 fold answered" in capsys.readouterr().out


def test_a_table_keeps_finished_checkpoints_apart(trained, capsys):
    kept = only(trained).with_suffix(".pth")
    asked = ["eval", "--model", "tiny", "--checkpoint", str(kept), "--folds", "0", *RUN]
    assert main([*asked, "--results", str(trained)]) == 0
    capsys.readouterr()
    shown = ["table", "--results", str(trained), "--reported", "none", "--format", "json"]
    assert main(shown) == 0
    sections = json.loads(capsys.readouterr().out)["sections"]
    assert sorted(section["key"]["made"] for section in sections) == ["evaluated", "trained"]


def test_a_network_is_not_tested_on_what_it_was_trained_on(trained, tmp_path, capsys):
    kept = only(trained).with_suffix(".pth")
    asked = ["eval", "--model", "tiny", "--checkpoint", str(kept), "--folds", "1", *RUN]
    assert main([*asked, "--results", str(tmp_path / "asked")]) == 2
    said = capsys.readouterr().err
    assert "was trained on 6 tested videos of fold 2, which it is to be tested on." in said
    assert not list((tmp_path / "asked").glob("accuracy/**/*.json"))


def test_first_weights_that_saw_the_tested_videos_are_refused(trained, tmp_path, capsys):
    kept = only(trained).with_suffix(".pth")
    more = ["--no-cost", "--weights", str(kept), "--results", str(tmp_path / "again")]
    assert main(["run", "--model", "tiny", *RUN, *more, "--folds", "1"]) == 2
    said = capsys.readouterr().err
    assert "was trained on 6 tested videos of fold 2, which it is to be tested on." in said
    assert main(["run", "--model", "tiny", *RUN, *more, "--folds", "0"]) == 0
    assert "warning: first weights come from fold-0.pth" in capsys.readouterr().out


def test_a_table_is_told_that_a_network_sees_other_pictures(trained, tmp_path, capsys):
    kept = only(trained).with_suffix(".pth")
    asked = ["eval", "--model", "tiny@masked-face", "--checkpoint", str(kept), "--folds", "0"]
    assert main([*asked, *RUN, "--results", str(tmp_path / "asked")]) == 0
    said = "was trained on other pictures: transform '', here 'masked-face'."
    assert said in capsys.readouterr().out
    (finding,) = store.load_fold(only(tmp_path / "asked")).request.findings
    assert finding.text.endswith(said)


def test_the_order_of_a_foreign_checkpoint_is_put_right(trained, tmp_path, capsys):
    import torch

    kept = only(trained).with_suffix(".pth")
    foreign = tmp_path / "foreign.pth"
    torch.save(torch.load(kept, weights_only=True)["state_dict"], foreign)
    asked = ["eval", "--model", "tiny", "--checkpoint", str(foreign), "--folds", "0", *RUN]
    more = ["--classes", "sad,angry,happy", "--results", str(tmp_path / "asked")]
    assert main([*asked, *more]) == 0
    assert "warning: checkpoint foreign.pth was trained elsewhere" in capsys.readouterr().out
    first, again = store.load_fold(only(trained)), store.load_fold(only(tmp_path / "asked"))
    assert [p.scores for p in again.predictions] == [
        (p.scores[1], p.scores[2], p.scores[0]) for p in first.predictions
    ]


def test_only_a_network_has_a_checkpoint(trained, tmp_path, capsys):
    kept = only(trained).with_suffix(".pth")
    asked = ["eval", "--model", "tiny,slow", "--checkpoint", str(kept), *RUN]
    assert main([*asked, "--results", str(tmp_path / "asked")]) == 2
    assert "holds one trained network, and tiny, slow is asked for." in capsys.readouterr().err
    nowhere = ["--results", str(tmp_path / "asked")]
    assert main(["eval", "--model", "tiny", "--checkpoint", "no.pth", *RUN, *nowhere]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == (
        "error: checkpoint no.pth is no file. Check --checkpoint; in it {fold} stands for the "
        "number of a fold from 1, {index} for that from 0."
    )


def test_one_video_is_answered_as_its_fold_answered_it(trained, tmp_path, session_cache, capsys):
    record = store.load_fold(only(trained))
    first = record.predictions[0]
    (video,) = session_cache.rglob(f"{first.video.partition(':')[2]}.*")
    kept = only(trained).with_suffix(".pth")
    picture = tmp_path / "answer.png"
    asked = ["predict", str(video), "--model", "tiny", "--checkpoint", str(kept)]
    assert main([*asked, "--picture", str(picture), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert tuple(found["scores"].values()) == pytest.approx(first.scores, abs=1e-6)
    assert found["frames"] == list(first.frames)
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert main(asked) == 0
    assert capsys.readouterr().out.splitlines()[0].startswith(f"{video}: {found['answer']}, Tiny")


def test_a_checkpoint_that_is_not_there_is_named(trained, tmp_path, capsys):
    nowhere = ["--checkpoint", str(tmp_path / "no.pth"), "--classes", "angry,happy,sad"]
    assert main(["predict", str(trained), "--model", "tiny", *nowhere]) == 2
    assert capsys.readouterr().err == (
        f"error: checkpoint {tmp_path / 'no.pth'} is no file. Check --checkpoint.\n"
    )


def test_a_file_that_is_no_video_is_named(trained, tmp_path, capsys):
    bad = tmp_path / "bad.avi"
    bad.write_bytes(b"no video")
    kept = only(trained).with_suffix(".pth")
    asked = ["predict", str(bad), "--model", "tiny", "--checkpoint", str(kept)]
    assert main(asked) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"error: video {bad} cannot be read: ")
    assert said.endswith("from its source; expected a video, or a folder of images.\n")


def answers(folder: Path, record: store.FoldRecord, drop: int = 0) -> Path:
    path = folder / "theirs.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["video", *record.request.classes])
        for prediction in record.predictions[drop:]:
            rows.writerow([prediction.video, *prediction.scores])
    return path


def test_imported_answers_are_scored_like_all_others(trained, tmp_path, capsys):
    record = store.load_fold(only(trained))
    path = answers(tmp_path, record)
    come = ["import", str(path), "--model", "theirs", "--dataset", "tiny-faces"]
    more = ["--title", "Theirs", "--source", "They, 2026", "--results", str(trained)]
    assert main([*come, *more]) == 0
    assert "1 of 3 folds imported" in capsys.readouterr().out
    assert main(["table", "--results", str(trained), "--reported", "none", "--format", "json"]) == 0
    sections = {s["key"]["made"]: s for s in json.loads(capsys.readouterr().out)["sections"]}
    (theirs,), (ours,) = sections["imported"]["rows"], sections["trained"]["rows"]
    assert (theirs["system"], theirs["weights"]) == ("Theirs", "theirs.csv")
    assert (theirs["uar"], theirs["war"]) == (ours["uar"], ours["war"])
    assert len({section["key"]["protocol_hash"] for section in sections.values()}) == 1
    assert main(["table", "--results", str(trained), "--reported", "none"]) == 0
    assert "answers imported from elsewhere" in capsys.readouterr().out


def test_answers_on_folds_that_leak_are_refused(trained, tmp_path, capsys):
    record = store.load_fold(only(trained))
    path, split = answers(tmp_path, record), tmp_path / "split.csv"
    videos = sorted((*record.request.fold.train, *record.request.fold.test))
    split.write_text("id,fold\n" + "".join(f"{id},{k % 2}\n" for k, id in enumerate(videos)))
    come = ["import", str(path), "--model", "theirs", "--dataset", "tiny-faces"]
    assert main([*come, "--split", str(split), "--results", str(tmp_path / "r")]) == 2
    assert "subject" in capsys.readouterr().err
    assert not list((tmp_path / "r").glob("accuracy/**/*.json"))


def test_of_imported_answers_nobody_knows_what_they_were_learnt_from(trained, tmp_path):
    path = answers(tmp_path, store.load_fold(only(trained)))
    come = ["import", str(path), "--model", "theirs", "--dataset", "tiny-faces"]
    assert main([*come, "--results", str(tmp_path / "r")]) == 0
    (finding,) = store.load_fold(only(tmp_path / "r")).request.findings
    assert (finding.kind, finding.text) == (
        "warning",
        "answers come from elsewhere; whether the system has seen the tested videos or people is "
        "not known.",
    )


def test_an_imported_system_has_a_name_that_fits_into_a_path(plugin, tmp_path, capsys):
    del plugin
    come = ["import", "theirs.csv", "--model", "../theirs", "--dataset", "tiny-faces"]
    assert main([*come, "--source", "They", "--results", str(tmp_path)]) == 2
    assert "model '../theirs' needs a name of letters" in capsys.readouterr().err


def test_other_answers_of_a_system_are_not_replaced_unasked(trained, tmp_path, capsys):
    record = store.load_fold(only(trained))
    come = ["import", str(answers(tmp_path, record)), "--model", "theirs"]
    come += ["--dataset", "tiny-faces", "--results", str(tmp_path / "r")]
    assert main(come) == 0
    assert main(come) == 0  # the same file again changes nothing
    answers(tmp_path, record, drop=1)
    assert main(come) == 2
    assert "has no answer for 1 of 6 test videos" in capsys.readouterr().err
    assert main([*come, "--allow-missing"]) == 2
    assert "holds other answers of 'theirs'. Pass --overwrite" in capsys.readouterr().err
    assert main([*come, "--allow-missing", "--overwrite"]) == 0
    stored = store.load_fold(only(tmp_path / "r"))
    assert [p.status for p in stored.predictions].count("unanswered") == 1
    assert main(["table", "--results", str(tmp_path / "r"), "--reported", "none"]) == 0
    assert "1 not answered (counted as wrong)" in capsys.readouterr().out


def test_folds_with_files_of_their_own_make_one_result(trained, tmp_path, capsys):
    import torch

    state = torch.load(only(trained).with_suffix(".pth"), weights_only=True)["state_dict"]
    for fold in (1, 2):
        torch.save(state, tmp_path / f"set{fold}.pth")
    asked = ["eval", "--model", "tiny", "--checkpoint", str(tmp_path / "set{fold}.pth"), *RUN]
    more = ["--classes", "angry,happy,sad", "--results", str(tmp_path / "asked")]
    assert main([*asked, *more, "--folds", "0"]) == 0
    assert main([*asked, *more, "--folds", "1"]) == 0
    assert len(list((tmp_path / "asked").glob("accuracy/*/*/*/*"))) == 1
    state["extra"] = torch.zeros(1)
    torch.save(state, tmp_path / "set2.pth")
    capsys.readouterr()
    assert main([*asked, *more, "--folds", "1"]) == 2
    said = capsys.readouterr().err
    assert "holds the answers of another file called set{fold}.pth. Pass --overwrite" in said
