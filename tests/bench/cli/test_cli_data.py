"""`bench data`: what a run stands on."""

import hashlib
import shutil
from dataclasses import replace

import pytest

from bench.cli.screen import resumable
from bench.frames.published import PUBLISHED
from bench.registry import load
from bench.sources import open_dataset
from bench.synthesis import TWINS, is_synthetic
from tests.brief_twins import BRIEF

COUNTS = [
    *("videos: 12", "subjects: 2", "angry: 2", "disgust: 2", "fear: 2", "happy: 2"),
    *("sad: 2", "surprise: 2"),
]
LEFT_OUT = [
    "left out: 1 (emotion code 7)",
    "left out: 1 (emotion code 10)",
    "left out: 2 (no emotion tag)",
    "left out: 2 (profile view)",
    "left out: 1 (still images)",
]


class TestSynth:
    def test_the_smallest_twin_has_the_people_that_the_folds_of_its_set_need(
        self, ask, tmp_path, monkeypatch
    ):
        monkeypatch.setattr("bench.cli.data.TWINS", BRIEF)
        out = tmp_path / "twin"
        code, said, err = ask("data", "synth", "--like", "mmi", "--out", out, "--subjects", 1)
        assert (code, err) == (0, "")
        assert said.splitlines() == [
            "drawing the mmi twin (67)",
            f"wrote a twin of mmi with 10 drawn people into {out}: SYNTHETIC DATA",
        ]
        dataset = open_dataset(load().dataset("mmi"), out)
        assert (len(dataset.videos), dataset.synthetic, is_synthetic(out)) == (60, True, True)

    def test_a_twin_at_full_count_is_listed_and_not_drawn(self, ask, tmp_path):
        out = tmp_path / "twin"
        code, said, err = ask("data", "synth", "--like", "ravdess", "--out", out, "--full")
        assert (code, err) == (0, "")
        assert said.splitlines()[-1] == (
            f"listed a twin of ravdess at full count into {out}, without video: SYNTHETIC DATA"
        )
        dataset = open_dataset(load().dataset("ravdess"), out)
        assert (len(dataset.videos), dataset.synthetic) == (1440, True)

    def test_an_unknown_twin_is_answered_with_the_known_ones(self, ask, tmp_path):
        assert ask("data", "synth", "--like", "mmmi", "--out", tmp_path / "x") == (
            2,
            "",
            f"error: unknown twin 'mmmi'. Did you mean 'mmi'? Known: {', '.join(sorted(TWINS))}.\n",
        )
        assert list(tmp_path.iterdir()) == []

    def test_a_folder_with_anything_else_in_it_is_left_alone(self, ask, tmp_path):
        (tmp_path / "thesis.tex").write_text("years of work")
        code, _, err = ask("data", "synth", "--like", "mmi", "--out", tmp_path)
        assert (code, err[:7]) == (2, "error: ")
        assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


class TestCheck:
    @pytest.fixture
    def copied(self, twin, tmp_path):
        return shutil.copytree(twin, tmp_path / "copied")

    def test_a_whole_twin_is_clean_and_compared_with_nothing(self, ask, twin):
        code, out, err = ask("data", "check", "mmi", "--root", twin)
        assert (code, err) == (0, "")
        title = "MMI (SYNTHETIC DATA): 12 videos of 6 classes"
        clean = "clean: nothing missing, broken or there twice"
        assert out.splitlines() == ["files of mmi (12)", title, *COUNTS, *LEFT_OUT, clean]

    def test_a_broken_file_and_a_copy_are_named(self, ask, copied):
        first, second, third, *_ = sorted(copied.glob("Sessions/*/*.avi"))
        first.write_bytes(b"no video")
        shutil.copy(second, third)
        code, out, _ = ask("data", "check", "mmi", "--root", copied)
        assert code == 1
        lines = out.splitlines()
        assert [first.name in line for line in lines if line.startswith("broken: ")] == [True]
        assert [line.count("mmi:") for line in lines if line.startswith("same content: ")] == [2]
        assert lines[-1] == (
            "not clean (counts that differ: 0, missing: 0, broken: 1, there more than once: 1)"
        )

    def test_a_folder_that_is_not_drawn_is_set_beside_the_published_counts(self, ask, copied):
        (copied / "SYNTHETIC").unlink()
        code, out, _ = ask("data", "check", "mmi", "--root", copied)
        assert code == 1
        assert "videos: 12, published 205: DIFFERS" in out.splitlines()
        assert "SYNTHETIC" not in out


class TestMap:
    def test_labels_are_shown_with_their_class_and_what_is_left_out(self, ask, cells, twin):
        code, out, err = ask("data", "map", "mmi", "--to", 6, "--root", twin)
        assert (code, err) == (0, "")
        names = ("angry", "disgust", "fear", "happy", "sad", "surprise")
        assert cells(out) == [[name, name, "2"] for name in names]
        assert out.splitlines()[-6:] == [*LEFT_OUT, "kept: 12 of 12 videos in 6 classes"]

    def test_the_list_is_written_for_the_dataset_csv(self, ask, twin, tmp_path):
        out = tmp_path / "list.csv"
        code, said, _ = ask("data", "map", "mmi", "--to", 6, "--root", twin, "--out", out)
        assert code == 0
        first, *lines = out.read_text().splitlines()
        assert (first, len(lines)) == ("path,label,subject,group,apex_first,apex_last", 12)
        assert f"wrote {out}" in said.splitlines()
        assert f"save it as manifest.csv in {twin} and read it as the dataset csv" in said

    def test_a_set_with_neutral_is_not_made_of_one_without(self, ask, twin):
        code, out, err = ask("data", "map", "mmi", "--to", 7, "--root", twin)
        assert (code, out) == (2, "")
        assert err.startswith("error: dataset 'mmi' has no class 'neutral'")

    def test_other_label_sets_are_refused(self, ask, twin):
        assert ask("data", "map", "mmi", "--to", 8, "--root", twin) == (
            2,
            "",
            "error: unknown label set '8'. Known: 6, 7.\n",
        )


class TestPrepare:
    @pytest.fixture
    def prepare(self, plugin, ask, tmp_path, monkeypatch):
        monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
        return lambda *more: ask(
            *("data", "prepare", "tiny-faces", "--workers", 1, "--registry", plugin), *more
        )

    def test_the_frames_of_every_video_are_prepared_once(self, prepare):
        code, out, err = prepare()
        assert (code, err) == (0, "")
        counts = "18 videos, 216 frames, 1 MB: 18 as they are, 0 on the fallback crop, 0 unreadable"
        assert out.splitlines()[:2] == ["frames of tiny-faces (18)", counts]
        assert prepare()[1].splitlines() == ["frames of tiny-faces (0)", counts]

    def test_a_video_that_cannot_be_read_is_named_and_counted(self, prepare, tmp_path):
        from tiny_fer.faces import generate

        generate(tmp_path / "faces")
        (tmp_path / "faces" / "s2" / "sad.mp4").write_bytes(b"no video")
        code, out, _ = prepare("--root", tmp_path / "faces")
        assert code == 0
        assert "18 videos, 204 frames, 1 MB: 17 as they are" in out
        assert ", 1 unreadable\n" in out
        assert "s2/sad.mp4" in out

    def test_another_detector_is_another_store(self, prepare):
        prepare()
        assert "0 with a face, 18 on the fallback crop" in prepare("--detector", "haar")[1]

    def test_an_unknown_detector_is_refused(self, prepare):
        code, _, err = prepare("--detector", "har")
        assert (code, err[:30]) == (2, "error: unknown detector 'har'.")

    def test_an_unknown_storage_is_refused(self, prepare):
        assert prepare("--storage", "jpg")[::2] == (
            2,
            "error: unknown storage 'jpg'. Did you mean 'jpeg'? Known: jpeg, raw.\n",
        )

    def test_jpegs_are_another_store_of_the_same_frames(self, prepare, tmp_path):
        prepare()
        assert "18 videos, 216 frames, 0 MB" in prepare("--storage", "jpeg")[1]
        stores = [*(tmp_path / "cache" / "frames").glob("*/*")]
        assert sorted(len([*store.glob("*.jpegs")]) for store in stores) == [0, 18]

    def test_aligning_without_points_is_refused(self, prepare):
        assert prepare("--align")[::2] == (
            2,
            "error: faces cannot be aligned with detector 'none': it gives no eyes, nose and "
            "mouth. Choose yunet or retinaface, or leave alignment out.\n",
        )

    def test_an_estimate_prepares_nothing(self, prepare, tmp_path):
        code, out, err = prepare("--estimate")
        assert (code, err) == (0, "")
        lines = out.splitlines()
        assert lines[0] == "preparing a few videos (8)"
        assert lines[1] == (
            "0 of 18 videos are prepared already; 18 are to be prepared, about 216 frames"
        )
        assert lines[2].endswith(" with 1 process")
        assert [*(tmp_path / "cache").rglob("*.npy")] == []


class TestFetch:
    def test_weights_that_nobody_publishes_are_answered_with_the_known_ones(self, ask):
        assert ask("weights", "fetch", "haar") == (
            2,
            "",
            "error: unknown detector with weights 'haar'. Known: retinaface, yunet.\n",
        )

    def test_weights_that_are_kept_are_not_fetched_again(self, ask, tmp_path, monkeypatch):
        monkeypatch.setenv("BENCH_CACHE", str(tmp_path))
        kept = replace(PUBLISHED["yunet"], sha256=hashlib.sha256(b"network").hexdigest())
        monkeypatch.setitem(PUBLISHED, "yunet", kept)
        (tmp_path / "weights").mkdir()
        path = tmp_path / "weights" / kept.file
        path.write_bytes(b"network")
        assert ask("weights", "fetch", "yunet") == (0, f"{path}, sha256 {kept.sha256}\n", "")


class TestWeightsOfADetector:
    def test_a_file_is_used_in_the_place_of_the_published_one(
        self, ask, twin, tmp_path, monkeypatch
    ):
        monkeypatch.setenv("BENCH_YUNET", "")  # and takes back what the command sets
        file = tmp_path / "own.onnx"
        file.write_bytes(b"no network")
        words = ["data", "prepare", "mmi", "--root", twin, "--detector", "yunet"]
        code, _, err = ask(*words, "--weights", file)
        assert code == 2
        assert err.startswith(f"error: detector 'yunet' cannot read its weights {file}: ")

    def test_a_detector_without_weights_takes_no_file(self, ask, twin, tmp_path):
        assert ask("data", "prepare", "mmi", "--root", twin, "--weights", "x.onnx") == (
            2,
            "",
            "error: --weights x.onnx: detector 'haar' has none. Choose one that has with "
            "--detector: yunet, retinaface.\n",
        )


def test_an_interrupted_preparation_says_that_it_goes_on(capsys):
    with pytest.raises(SystemExit) as left, resumable("what is prepared is kept"):
        raise KeyboardInterrupt
    assert left.value.code == 130
    assert capsys.readouterr().err == (
        "interrupted: what is prepared is kept. Run the same command to go on.\n"
    )


def test_a_twin_that_cannot_be_written_is_told_in_a_sentence(ask, tmp_path):
    (tmp_path / "file").write_text("in the way")
    out = tmp_path / "file" / "twin"
    assert ask("data", "synth", "--like", "mmi", "--out", out) == (
        2,
        "",
        f"error: '{out}' cannot be written: Not a directory. Free space or permissions, or choose "
        f"another folder.\n",
    )
