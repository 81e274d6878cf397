"""The main job end to end, on encoded video, with a network that trains in a second."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench import store
from bench.cli import main
from bench.measurement.accuracy import count, uar

RUN = ["run", "--dataset", "tiny-faces", "--no-cost", "--device", "cpu"]


def run(results: Path, *more: str, model: str = "tiny") -> int:
    return main([*RUN, "--model", model, "--results", str(results), *more])


def start(results: Path, *more: str, model: str = "slow") -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bench", *RUN, "--model", model, "--results", str(results)]
    return subprocess.Popen(
        [*command, *more],
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=_heed_ctrl_c,
    )


def _heed_ctrl_c() -> None:
    """What a shell starts with `&` ignores Ctrl-C, and so would all that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def wait_for_epoch(results: Path) -> Path:
    for _ in range(600):
        found = list(results.glob("accuracy/**/last_checkpoint"))
        if found and found[0].read_text().strip():  # the pointer is there before its content
            return found[0]
        time.sleep(0.05)
    raise AssertionError("no checkpoint was written within 30 s")


def tables(results: Path) -> dict[str, bytes]:
    folder = results / "accuracy"
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*.csv"))}


@pytest.mark.usefixtures("plugin")
class TestTheLine:
    def test_a_run_scores_every_video_once_and_learns(self, tmp_path, capsys):
        assert run(tmp_path) == 0
        records, damaged = store.load_folds(tmp_path)
        assert damaged == ()
        assert sorted(p.video for r in records for p in r.predictions) == sorted(
            f"tiny-faces:s{s}/{c}" for s in range(1, 7) for c in ("angry", "happy", "sad")
        )
        hits = sum(
            r.request.classes[p.scores.index(max(p.scores))] == p.true
            for r in records
            for p in r.predictions
        )
        assert hits >= 12  # chance is 6 of 18
        assert "3 folds trained, 0 already done" in capsys.readouterr().out

    def test_the_second_run_trains_nothing(self, tmp_path, capsys):
        run(tmp_path)
        before = tables(tmp_path)
        assert run(tmp_path) == 0
        assert "0 folds trained, 3 already done" in capsys.readouterr().out
        assert tables(tmp_path) == before

    def test_two_runs_with_one_seed_write_the_same_bytes(self, tmp_path):
        run(tmp_path / "a", "--folds", "0")
        run(tmp_path / "b", "--folds", "0")
        assert tables(tmp_path / "a") == tables(tmp_path / "b")

    def test_another_seed_writes_other_bytes(self, tmp_path):
        run(tmp_path, "--folds", "0", "--seeds", "0,1")
        first, second = tables(tmp_path).values()
        assert first != second

    def test_another_preset_recipe_or_selection_never_reuses_a_result(self, tmp_path):
        others = (["--preset", "quick"], ["--selection", "validation"], ["--recipe", "brief"])
        for more in ([], *others):
            run(tmp_path, "--folds", "0", *more)
        records, _ = store.load_folds(tmp_path)
        assert len({r.request.identity for r in records}) == 4

    def test_overwrite_trains_again(self, tmp_path, capsys):
        run(tmp_path, "--folds", "0")
        run(tmp_path, "--folds", "0", "--overwrite")
        assert "1 fold trained, 0 already done" in capsys.readouterr().out.splitlines()[-1]

    def test_a_model_may_see_all_frames_when_it_is_tested(self, tmp_path):
        assert run(tmp_path, "--folds", "0", model="tiny-all") == 0
        (record,), _ = store.load_folds(tmp_path)
        assert {len(p.frames) for p in record.predictions} == {12}

    def test_the_record_says_that_the_data_are_synthetic(self, tmp_path):
        run(tmp_path, "--folds", "0")
        (record,), _ = store.load_folds(tmp_path)
        assert record.request.synthetic is True

    def test_no_path_of_the_machine_is_stored(self, tmp_path):
        run(tmp_path, "--folds", "0")
        for path in tmp_path.rglob("fold-0.*"):
            assert str(tmp_path) not in path.read_text()

    def test_selection_by_validation_keeps_the_best_epoch(self, tmp_path):
        run(tmp_path, "--folds", "0", "--selection", "validation")
        (record,), _ = store.load_folds(tmp_path)
        scores = [e.validation for e in record.epochs]
        assert record.selected_epoch == scores.index(max(scores))

    def test_the_weights_of_the_chosen_epoch_give_the_answers(self, tmp_path):
        # chosen on the test videos themselves, so that the two numbers must be one
        run(tmp_path, "--folds", "0", "--selection", "test")
        (record,), _ = store.load_folds(tmp_path)
        scored = uar(count(record.predictions, record.request.classes))
        assert record.epochs[record.selected_epoch].validation == scored
        assert scored == max(e.validation for e in record.epochs)

    def test_a_plan_trains_nothing_and_says_what_is_done(self, tmp_path, capsys):
        run(tmp_path, "--folds", "0")
        before = sorted(tmp_path.rglob("*"))
        arguments = ["plan", *RUN[1:3], "--model", "tiny", "--results", str(tmp_path)]
        assert main(arguments) == 0
        assert "1 of 3" in capsys.readouterr().out
        assert sorted(tmp_path.rglob("*")) == before

    def test_a_cost_is_measured_once_a_machine(self, tmp_path):
        arguments = [a for a in RUN if a != "--no-cost"]
        command = [*arguments, "--model", "tiny", "--folds", "0", "--results", str(tmp_path)]
        assert main(command) == 0
        (cost,), _ = store.load_costs(tmp_path)
        assert main(command) == 0
        assert store.load_costs(tmp_path)[0] == (cost,)
        assert cost.complexity.params == 8 * 3 * 16 + 8 + 8 * 3 + 3
        assert cost.complexity.macs == 4 * 8 * 8 * 8 * 48 + 8 * 3
        assert cost.timing.quick
        assert len(cost.timing.wall_ms) >= 20


@pytest.mark.usefixtures("plugin")
class TestInterruption:
    def test_a_killed_fold_goes_on_from_its_last_epoch_to_the_same_bytes(self, tmp_path):
        # both in processes of their own: another number of threads rounds differently
        assert start(tmp_path / "whole", "--folds", "0").communicate()[1] == ""
        process = start(tmp_path / "killed", "--folds", "0")
        folder = wait_for_epoch(tmp_path / "killed").parent
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert not list((tmp_path / "killed").rglob("fold-0.json"))
        done = len(list(folder.glob("epoch_*.pth")))
        again = start(tmp_path / "killed", "--folds", "0")
        out, _ = again.communicate()
        assert again.returncode == 0
        assert done >= 1
        assert "training from epoch" in out
        assert tables(tmp_path / "killed") == tables(tmp_path / "whole")
        assert not list((tmp_path / "killed").rglob("*.partial"))

    def test_ctrl_c_says_what_is_kept_and_how_to_go_on(self, tmp_path):
        process = start(tmp_path)
        wait_for_epoch(tmp_path)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()
        assert process.returncode == 130
        assert err == (
            f"interrupted: 0 folds trained and kept in {tmp_path}; the fold in work keeps its "
            f"finished epochs. Run the same command to go on.\n"
        )


@pytest.mark.usefixtures("plugin")
class TestBadInput:
    @pytest.mark.parametrize(
        ("model", "message"),
        [
            (
                "wrong-shape",
                "error: model 'wrong-shape' gave outputs of shape (4, 2); expected (4, 3), one "
                "logit for each of 3 classes. Check factory and args of its block.\n",
            ),
            (
                "probabilities",
                "error: model 'probabilities' gives probabilities (each row sums to 1); expected "
                "logits. Remove the softmax at its end, as with args: {head_activation: null}.\n",
            ),
            (
                "infinite",
                "error: model 'infinite' gave a logit that is not finite in its first batch. "
                "Check its weights and the scale of its input.\n",
            ),
            (
                "hungry",
                "error: out of memory while model 'hungry' handled 4 videos of 4 frames of 32 "
                "pixels. Lower batch_size in recipe 'tiny', or take another preset.\n",
            ),
            (
                "tinny",
                "error: unknown model 'tinny'. Did you mean 'tiny'? Known: ",
            ),
        ],
    )
    def test_a_model_that_cannot_be_scored_gets_one_sentence(
        self, tmp_path, capsys, model, message
    ):
        assert run(tmp_path, "--folds", "0", model=model) == 2
        assert capsys.readouterr().err.startswith(message)
        assert store.load_folds(tmp_path) == ((), ())

    def test_arguments_that_a_factory_refuses_are_said(self, tmp_path, capsys):
        assert run(tmp_path, "--folds", "0", model="refused") == 2
        assert "model 'refused': tiny_fer.network:Tiny refuses its arguments" in (
            capsys.readouterr().err
        )

    def test_a_loss_that_is_not_finite_names_epoch_and_videos(self, tmp_path, capsys):
        assert run(tmp_path, "--folds", "0", model="nan-later") == 2
        message = capsys.readouterr().err
        assert message.startswith(
            "error: the loss of model 'nan-later' became nan in epoch 1 on batch 3, of tiny-faces:s"
        )
        assert message.endswith("Lower lr in recipe 'tiny', or look at these videos.\n")

    def test_a_model_that_stops_does_not_stop_the_others(self, tmp_path, capsys):
        assert run(tmp_path, "--folds", "0", model="nan-later,tiny") == 2
        told = capsys.readouterr()
        first, last = told.err.splitlines()
        assert first.startswith("stopped: the loss of model 'nan-later' became nan in epoch 1")
        assert last == (
            "error: stopped before all folds were done, as said above: nan-later. All that was "
            "finished is kept; mend the cause and run the same command again."
        )
        assert f"1 fold trained, 0 already done, records in {tmp_path}" in told.out.splitlines()
        (record,), _ = store.load_folds(tmp_path)
        assert record.request.model.name == "tiny"

    def test_a_root_that_is_none_is_named(self, tmp_path, capsys):
        assert run(tmp_path, "--root", str(tmp_path / "none")) == 2
        assert capsys.readouterr().err == (
            f"error: root {tmp_path / 'none'} of dataset 'tiny-faces' does not exist; expected "
            f"the folder that the distributor ships. Check --root.\n"
        )

    def test_a_folder_that_holds_another_set_is_named(self, tmp_path, capsys):
        (tmp_path / "empty").mkdir()
        assert run(tmp_path, "--root", str(tmp_path / "empty")) == 2
        assert capsys.readouterr().err == (
            f"error: dataset 'tiny-faces' not found in {tmp_path / 'empty'}: no folder s*. "
            f"Pass --root.\n"
        )

    def test_a_results_folder_that_cannot_be_written_is_named(self, tmp_path, capsys):
        (tmp_path / "accuracy").write_text("in the way")
        assert run(tmp_path, "--folds", "0") == 2
        assert "cannot be written: Not a directory" in capsys.readouterr().err

    def test_a_licensed_set_without_a_folder_says_what_to_do(self, tmp_path, capsys):
        arguments = ["run", "--model", "tiny", "--dataset", "mmi", "--results", str(tmp_path)]
        assert main(arguments) == 2
        assert capsys.readouterr().err == (
            "error: dataset 'mmi' has no folder: it is licensed and comes from its distributor. "
            "Pass --root DIR, or set BENCH_DATA to a folder that holds mmi/. "
            "`bench data synth --like mmi --out DIR` draws a twin to try with.\n"
        )

    def test_a_class_without_a_training_video_is_named(self, tmp_path, capsys):
        split = tmp_path / "split.csv"
        rows = [f"tiny-faces:s{s}/{c}" for s in range(1, 7) for c in ("angry", "happy", "sad")]
        split.write_text(
            "id,fold\n" + "".join(f"{r},{1 if r.endswith('sad') else 0}\n" for r in rows)
        )
        assert run(tmp_path, "--split", str(split)) == 2
        assert capsys.readouterr().err == (
            "error: class 'angry' has no training video in fold 1. Choose another protocol or "
            "split; a class needs videos of two subjects at least.\n"
        )

    def test_a_subject_on_both_sides_is_refused_whatever_made_the_fold(self, tmp_path, capsys):
        split = tmp_path / "split.csv"
        rows = [f"tiny-faces:s{s}/{c}" for s in range(1, 7) for c in ("angry", "happy", "sad")]
        split.write_text("id,fold\n" + "".join(f"{r},{i % 2}\n" for i, r in enumerate(rows)))
        assert run(tmp_path, "--split", str(split)) == 2
        assert "subject" in capsys.readouterr().err
        assert store.load_folds(tmp_path) == ((), ())

    def test_an_unknown_selection_is_refused(self, tmp_path, capsys):
        assert run(tmp_path, "--selection", "best") == 2
        assert capsys.readouterr().err.startswith("error: selection 'best' is unknown; expected")

    @pytest.mark.parametrize("folds", ["one", "2-0", ",", "0,2-1"])
    def test_a_list_of_folds_that_is_none_is_refused(self, tmp_path, capsys, folds):
        assert run(tmp_path, "--folds", folds) == 2
        assert capsys.readouterr().err == (
            f"error: --folds {folds!r} is no list of numbers; expected one like 0-2 or 0,3.\n"
        )

    def test_a_list_of_no_model_is_refused(self, tmp_path, capsys):
        assert run(tmp_path, model=",") == 2
        assert capsys.readouterr().err == ("error: --model ',' names nothing. See `bench list`.\n")

    def test_a_model_that_cannot_run_is_named_before_another_is_trained(self, tmp_path, capsys):
        assert run(tmp_path, "--folds", "0", model="tiny,c3d-table8") == 2
        assert "c3d-table8" in capsys.readouterr().err
        assert store.load_folds(tmp_path) == ((), ())

    def test_a_gpu_that_is_not_there_is_said(self, tmp_path, capsys):
        import torch

        if torch.cuda.is_available():
            pytest.skip("there is a GPU here")
        assert main([*RUN[:-1], "cuda", "--model", "tiny", "--results", str(tmp_path)]) == 2
        assert "finds no GPU" in capsys.readouterr().err

    def test_a_device_that_nobody_knows_is_refused(self, tmp_path, capsys):
        assert main([*RUN[:-1], "gpu", "--model", "tiny", "--results", str(tmp_path)]) == 2
        assert capsys.readouterr().err == (
            "error: device 'gpu' is unknown; expected auto, cpu, cuda or cuda:N.\n"
        )


@pytest.mark.usefixtures("plugin")
class TestBadVideos:
    @pytest.fixture
    def root(self, tmp_path):
        from tiny_fer.faces import generate

        folder = tmp_path / "faces"
        generate(folder)
        return folder

    def test_an_unreadable_video_counts_as_wrong_and_is_named(self, root, tmp_path, capsys):
        (root / "s1" / "happy.mp4").write_bytes(b"not a video")
        assert run(tmp_path / "results", "--root", str(root)) == 0
        assert "s1/happy.mp4" in capsys.readouterr().out
        records, _ = store.load_folds(tmp_path / "results")
        lost = [p for r in records for p in r.predictions if p.status == "unreadable"]
        assert [(p.video, p.scores) for p in lost] == [("tiny-faces:s1/happy", ())]
        assert sum(len(r.predictions) for r in records) == 18

    def test_a_class_that_cannot_be_read_is_not_trained_around(self, root, tmp_path, capsys):
        for video in root.glob("s*/happy.mp4"):
            video.write_bytes(b"not a video")
        assert run(tmp_path / "results", "--root", str(root), "--folds", "0") == 2
        assert capsys.readouterr().err == (
            "error: class 'happy' has no training video that can be read in fold 1; 4 are "
            "unreadable. Repair them: `bench data check tiny-faces` names each.\n"
        )

    def test_a_video_without_a_face_is_scored_on_the_fallback_crop(self, root, tmp_path):
        more = ["--root", str(root), "--detector", "haar", "--folds", "0"]
        assert run(tmp_path / "results", *more) == 0
        (record,), _ = store.load_folds(tmp_path / "results")
        assert {p.status for p in record.predictions} == {"fallback"}
        assert all(len(p.scores) == 3 for p in record.predictions)
