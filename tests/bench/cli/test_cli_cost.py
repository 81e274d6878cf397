import json
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest

from bench import costs, store
from bench.cli.tree import grown, metric
from bench.measurement import latency
from bench.records import ModuleCost
from bench.registry import load

SAMPLE = Path(__file__).parents[2] / "data" / "face-pexels.mp4"

TABLE_9 = {2: "25.52 G", 5: "63.80 G", 10: "127.59 G", 15: "191.39 G"}


@pytest.fixture
def count(ask, tmp_path):
    """`bench cost` with a results folder of its own."""
    return lambda *words: ask("cost", *words, "--results", tmp_path)


class TestCost:
    def test_the_frames_of_table_9_give_its_macs(self, count):
        code, out, err = count("--model", "ceflnet", "--frames", "2,5,10,15")
        assert (code, err) == (0, "")
        found = [re.split(r" {2,}", line) for line in out.splitlines() if "×224×224" in line]
        assert [line[5] for line in found] == list(TABLE_9.values())
        assert [line[2] for line in found] == [f"3×{7 * n}×224×224" for n in TABLE_9]

    def test_json_holds_the_exact_integers(self, count):
        code, out, _ = count("--model", "ceflnet", "--format", "json")
        (section,) = json.loads(out)["sections"]
        (row,) = section["rows"]
        assert code == 0
        assert (row["params"], row["macs"], row["macs_ptflops"]) == (
            12_828_807,
            63_515_309_952,
            63_799_063_525,
        )

    @pytest.mark.usefixtures("counted_once")
    def test_every_entry_is_counted_and_stored_once(self, count, tmp_path):
        code, out, _ = count("--all", "--format", "json")
        models = [e.name for e in load().models.values() if e.kind != "classical"]
        rows = json.loads(out)["sections"][0]["rows"]
        assert code == 0
        assert {row["model"] for row in rows} == set(models)
        records, damaged = store.load_costs(tmp_path)
        assert damaged == ()
        assert sorted(r.model.name for r in records) == sorted(models)
        assert all(r.timing is None for r in records)
        assert {p.parts[-3] for p in tmp_path.rglob("*.json")} == {"counted"}

    def test_an_entry_of_the_paper_takes_less_than_150_ms_on_average(self):
        models = load().models
        names = ("ceflnet", "ceflnet-paper", "resnet18", "cnn-lstm", "fan")
        entries = [models[n] for n in (*names, "c3d", "c3d-table8", "c3d-lstm", "c3d-lstm-parmar")]
        costs.counted(costs.case_of(entries[0]))
        began = time.process_time()
        for entry in entries:
            costs.counted(costs.case_of(entry))
        assert (time.process_time() - began) / len(entries) < 0.15

    def test_a_network_of_no_registry_is_counted_and_not_stored(self, count, tmp_path):
        code, out, _ = count(
            *("--factory", "torch.nn:Conv3d", "--input", "3x4x8x8", "--format", "json"),
            *("--args", "{in_channels: 3, out_channels: 2, kernel_size: 1}"),
        )
        (row,) = json.loads(out)["sections"][0]["rows"]
        assert code == 0
        assert (row["model"], row["params"], row["macs"]) == ("torch.nn:Conv3d", 8, 1536)
        assert not list(tmp_path.rglob("*.json"))

    def test_the_tree_adds_up_at_every_branch(self, count):
        code, out, _ = count("--model", "ceflnet", "--detail", "--format", "json")
        (found,) = json.loads(out)
        root = grown([ModuleCost(**module) for module in found["modules"]], "ceflnet")

        def branches(branch):
            yield branch
            for child in branch.children.values():
                yield from branches(child)

        assert code == 0
        assert (root.params, root.macs, root.macs_ptflops) == (
            12_828_807,
            63_515_309_952,
            63_799_063_525,
        )
        for branch in branches(root):
            assert branch.macs >= sum(child.macs for child in branch.children.values())

    def test_the_tree_names_modules_with_their_share(self, count):
        code, out, _ = count("--model", "ceflnet", "--detail")
        (trunk,) = (line for line in out.splitlines() if "├─ trunk" in line)
        assert code == 0
        assert trunk.split() == ["├─", "trunk", "11.18", "M", "63.47", "G", "99.9", "63.76", "G"]
        assert out.splitlines()[-1] == "Both counters saw the same operations."

    def test_what_a_network_prints_stays_out_of_the_answer(self, count, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "loud_net.py").write_text(
            "from torch import nn\n\n\nclass Loud(nn.Conv3d):\n"
            "    def __init__(self):\n        print('hello')\n        super().__init__(3, 2, 1)\n"
        )
        code, out, err = count(
            *("--factory", "loud_net:Loud", "--input", "3x4x8x8", "--format", "json")
        )
        assert (code, err) == (0, "hello\n")
        assert json.loads(out)["sections"][0]["rows"][0]["params"] == 8

    def test_counts_are_shown_where_they_cannot_be_stored(self, ask, tmp_path):
        (tmp_path / "file").write_bytes(b"")
        code, out, err = ask("cost", "--model", "fan", "--results", tmp_path / "file")
        assert code == 2
        assert "FAN" in out
        assert "cannot be written: Not a directory." in err

    @pytest.mark.usefixtures("counted_once")
    def test_a_classical_entry_and_one_of_all_frames_stop_no_other(
        self, ask, plugin, tmp_path, monkeypatch
    ):
        monkeypatch.delenv("BENCH_REGISTRY")
        text = plugin.read_text().replace("{rule: segments, clips: 3, frames: 1}", "{rule: all}")
        mine = tmp_path / "mine.yaml"
        mine.write_text(
            text.replace("title: Tiny\n    kind: network", "title: T\n    kind: classical")
        )
        code, out, err = ask("cost", "--all", "--registry", mine, "--results", tmp_path / "r")
        assert code == 2
        assert "CEFLNet" in out
        assert "model 'tiny-all' reads all frames of a video" in err
        assert "model 'tiny':" not in err
        said = "fitted once, without a network to count or time"
        assert f": {said}\n" in err
        assert "left out: majority, lpq-top-src, tiny, fitted" in err
        assert "left out: answered: answered elsewhere, without a network" in err

    def test_a_classical_entry_that_is_named_is_refused(self, ask, plugin, tmp_path):
        code, _, err = ask("cost", "--model", "fitted", "--results", tmp_path)
        assert code == 2
        assert err == (
            "error: model 'fitted' has no cost: it is fitted once, without a network to count or "
            "time.\n"
        )

    def test_one_network_that_cannot_be_counted_stops_no_other(self, ask, plugin, tmp_path):
        code, out, err = ask(
            *("cost", "--registry", plugin, "--model", "refused,tiny", "--results", tmp_path),
            *("--format", "json"),
        )
        assert code == 2
        assert [row["model"] for row in json.loads(out)["sections"][0]["rows"]] == ["tiny"]
        assert err.startswith("error: model 'refused': tiny_fer.network:Tiny refuses its arguments")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "expected --model NAMES or --all, one of them. See `bench list models`."),
        (
            ("--model", "ceflnet", "--all"),
            "expected --model NAMES or --all, one of them. See `bench list models`.",
        ),
        (
            ("--model", "ceflnet", "--frames", "two"),
            "--frames 'two' is no list of numbers; expected one like 0-2 or 0,3.",
        ),
        (
            ("--model", "ceflnet", "--frames", "0"),
            "--frames 0 is no number of frames; expected 1 or more.",
        ),
        (
            ("--factory", "torch.nn:ReLU", "--input", "3,4"),
            "--input '3,4' is no shape of a video; expected one like 3x16x112x112, which is "
            "channels x frames x height x width.",
        ),
        (
            ("--factory", "torch.nn:ReLU", "--input", "3x4x8x8", "--args", "[1"),
            "--args '[1' is no mapping; expected one like '{num_classes: 7}'.",
        ),
        (
            ("--factory", "torch.nn.ReLU", "--input", "3x4x8x8"),
            "model 'torch.nn.ReLU': 'torch.nn.ReLU' is no reference; expected 'module:attribute'.",
        ),
        (
            ("--factory", "nowhere:Net", "--input", "3x4x8x8"),
            "model 'nowhere:Net': 'nowhere:Net' cannot be imported: No module named 'nowhere'. "
            "Check the spelling, and that the package is installed or lies beside its registry "
            "file.",
        ),
        (
            ("--factory", "torch.nn:functional", "--input", "3x4x8x8"),
            "model 'torch.nn:functional': torch.nn:functional refuses its arguments: 'module' "
            "object is not callable. Check --args.",
        ),
        (
            ("--model", ","),
            "--model ',' names nothing. See `bench list`.",
        ),
        (
            ("--model", "ceflnet", "--input", "3x16x112x112"),
            "--input says nothing about a model of the registry; leave it out.",
        ),
        (
            ("--factory", "torch.nn:ReLU", "--input", "3x4x8x8", "--frames", "2"),
            "--frames says nothing about --factory; leave it out.",
        ),
        (
            ("--model", "c3d", "--format", "xml"),
            "unknown format 'xml'. Known: csv, html, json, latex, markdown, text.",
        ),
        (
            ("--model", "c3d", "--detail", "--format", "csv"),
            "unknown format of --detail 'csv'. Known: json, text.",
        ),
    ],
)
def test_a_mistake_is_one_sentence(count, words, said):
    code, out, err = count(*words)
    assert (code, out, err) == (2, "", f"error: {said}\n")


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "–"),
        (999, "999"),
        (1000, "1.00 k"),
        (224_788_480, "224.79 M"),
        (63_515_309_952, "63.52 G"),
    ],
)
def test_a_count_is_shown_in_its_unit(count, shown):
    assert metric(count) == shown


class TestLatency:
    @pytest.fixture(autouse=True)
    def brief(self, monkeypatch):
        """A first look that is over sooner; how long it really lasts, `test_run` asks."""
        plan = replace(latency.FAST, samples=5, seconds=0.1, window_s=0.05, warmup_s=1)
        monkeypatch.setattr(latency, "FAST", plan)

    def time(self, ask, plugin, results, *words):
        return ask("latency", "--registry", plugin, "--results", results, "--fast", *words)

    def test_models_that_take_turns_are_stored_and_shown(self, ask, plugin, tmp_path):
        words = ("--model", "tiny,tiny-all", "--device", "cpu", "--format", "json")
        code, out, err = self.time(ask, plugin, tmp_path, *words)
        records, damaged = store.load_costs(tmp_path)
        assert (code, damaged) == (0, ())
        assert err.startswith("no GPU is used: these are times of the CPU\n")
        assert {r.model.name: r.timing.beside for r in records} == {
            "tiny": ("tiny-all",),
            "tiny-all": ("tiny",),
        }
        for record in records:
            timing = record.timing
            assert timing.quick
            assert len(timing.wall_ms) >= latency.FAST.samples
            assert sum(timing.rounds) == len(timing.wall_ms)
            assert record.complexity.macs > 0
        rows = json.loads(out)["sections"][0]["rows"]
        assert {row["model"] for row in rows} == {"tiny", "tiny-all"}
        assert all(0 < row["p50_ms"] <= row["p95_ms"] for row in rows)

    def test_two_precisions_are_two_columns_of_records(self, ask, plugin, tmp_path):
        words = ("--model", "tiny", "--device", "cpu", "--precision", "fp32,bf16")
        code, out, _ = self.time(ask, plugin, tmp_path, *words)
        settings = [r.timing.setting.precision for r in store.load_costs(tmp_path)[0]]
        assert code == 0
        assert sorted(settings) == ["bf16", "fp32"]
        assert sum(line.startswith("Cost on cpu-") for line in out.splitlines()) == 2

    def test_as_many_classes_are_timed_as_are_asked_for(self, ask, plugin, tmp_path):
        words = ("--model", "tiny", "--device", "cpu", "--classes", "5")
        assert self.time(ask, plugin, tmp_path, *words)[0] == 0
        ((record,), _) = store.load_costs(tmp_path)
        assert record.complexity.classes == 5

    def test_every_run_is_kept_and_said(self, ask, plugin, tmp_path):
        for _ in range(2):
            code, out, _ = self.time(ask, plugin, tmp_path, "--model", "tiny", "--device", "cpu")
            assert code == 0
        assert len(store.load_costs(tmp_path)[0]) == 2
        assert re.search(r"Tiny 2 \(\d+\.\d %\)", out)

    def test_one_network_that_fails_stops_no_other(self, ask, plugin, tmp_path):
        words = ("--model", "refused,tiny", "--device", "cpu")
        code, _, err = self.time(ask, plugin, tmp_path, *words)
        assert code == 2
        assert [r.model.name for r in store.load_costs(tmp_path)[0]] == ["tiny"]
        assert "error: model 'refused': " in err

    def test_a_video_is_timed_from_its_bytes_to_the_answer(self, ask, plugin, tmp_path):
        words = ("--model", "tiny", "--device", "cpu", "--video", SAMPLE)
        code, out, _ = self.time(ask, plugin, tmp_path, *words)
        ((record,), _) = store.load_costs(tmp_path)
        stages = record.timing.stages
        assert code == 0
        assert (stages.video, stages.frames, stages.detector) == (SAMPLE.name, 40, "haar")
        assert {*stages.wall_ms} == {"decode", "face", "crop", "model"}
        assert all(len(times) == 3 for times in stages.wall_ms.values())
        assert "From file to answer on" in out

    def test_times_are_kept_where_the_stages_cannot_be_had(self, ask, plugin, tmp_path):
        pictures = tmp_path / "pictures"
        pictures.mkdir()
        words = ("--model", "tiny", "--device", "cpu", "--video", pictures)
        code, _, err = self.time(ask, plugin, tmp_path / "results", *words)
        ((record,), _) = store.load_costs(tmp_path / "results")
        assert code == 2
        assert record.timing.stages is None
        assert err.splitlines()[-1].startswith(
            "error: model 'tiny': its times are stored, without the stages of pictures: "
        )

    def test_a_folder_that_cannot_be_written_is_known_before_anything_is_timed(
        self, ask, plugin, tmp_path
    ):
        (tmp_path / "file").write_bytes(b"")
        words = ("--model", "tiny", "--device", "cpu")
        code, out, err = self.time(ask, plugin, tmp_path / "file", *words)
        assert (code, out) == (2, "")
        assert err.splitlines()[1:] == [
            f"error: {tmp_path / 'file' / 'cost'} cannot be written: Not a directory. Free "
            f"space or permissions, or choose another folder."
        ]

    def test_an_interrupted_job_shows_what_is_stored(self, ask, plugin, tmp_path, monkeypatch):
        from bench.measurement import latency as module

        measure, calls = module.measure, []

        def once(*arguments, **more):
            calls.append(1)
            if len(calls) > 1:
                raise KeyboardInterrupt
            return measure(*arguments, **more)

        monkeypatch.setattr(module, "measure", once)
        words = ("--model", "tiny", "--device", "cpu", "--precision", "fp32,bf16")
        code, out, err = self.time(ask, plugin, tmp_path, *words)
        assert code == 130
        assert "CPU · fp32 · batch 1" in out
        assert err.splitlines()[-1] == (
            "interrupted: what is shown is stored; the samples of the running job are not kept"
        )

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (
                ("--model", "tiny", "--detector", "haar"),
                "--detector says nothing about a time without --video; leave it out.",
            ),
            (
                ("--model", "tiny", "--device", "cpu", "--precision", "fp32,tf32"),
                "precision tf32 is a mode of a GPU's tensor cores, and the device is the CPU. "
                "Pass --precision fp32, bf16 or fp16, or --device cuda.",
            ),
            (
                ("--model", "tiny", "--device", "cpu", "--video", "gone.mp4"),
                "gone.mp4 is missing; expected a video file or a folder of images.",
            ),
            (
                ("--model", "tiny", "--device", "cpu", "--video", SAMPLE, "--detector", "har"),
                "unknown detector 'har'. Did you mean 'haar'? "
                "Known: haar, none, retinaface, yunet.",
            ),
            (
                ("--model", "tiny", "--precision", "fp8"),
                "unknown precision 'fp8'. Known: bf16, fp16, fp32, tf32.",
            ),
            (
                ("--model", "tiny", "--device", "cpu", "--precision", "tf32"),
                "precision tf32 is a mode of a GPU's tensor cores, and the device is the CPU. "
                "Pass --precision fp32, bf16 or fp16, or --device cuda.",
            ),
        ],
    )
    def test_a_mistake_is_one_sentence(self, ask, plugin, tmp_path, words, said):
        code, _, err = self.time(ask, plugin, tmp_path, *words)
        assert (code, err.splitlines()[-1]) == (2, f"error: {said}")
