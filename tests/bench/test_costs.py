from dataclasses import replace

import pytest

from bench import costs, registry, store
from bench.costs import case_of, case_of_factory, identity, keep, per_video, timings
from bench.errors import BenchError
from bench.measurement import environment
from bench.measurement.environment import capture
from bench.records import Sampling, Setting, Timing, Views

MODELS = registry.load().models
CPU = Setting("cpu", threads=2)


def timing(*milliseconds, quick=True, setting=CPU):
    return Timing(setting, quick, 3, True, milliseconds)


@pytest.fixture
def made(request_record):
    """The record of a small convolution, counted and timed at 10 ms."""
    case = case_of_factory("torch.nn:Conv3d", (3, 4, 8, 8), SMALL)
    record = costs.record(case, costs.counted(case), capture("cpu"), timing(10.0, 10.0, 10.0))
    return replace(record, created="2026-11-20T12:00:00+00:00")


SMALL = {"in_channels": 3, "out_channels": 2, "kernel_size": 1}


class TestCase:
    def test_an_entry_is_counted_at_its_test_input_with_the_locked_classes(self):
        case = case_of(MODELS["ceflnet"])
        assert (case.classes, case.input) == (6, (3, 35, 224, 224))

    def test_an_entry_without_a_lock_has_seven_classes(self):
        assert case_of(replace(MODELS["c3d"], complexity=None)).classes == 7

    def test_frames_change_the_sampling_and_the_argument_of_the_factory(self):
        case = case_of(MODELS["ceflnet"], frames=10)
        assert case.input == (3, 70, 224, 224)
        assert case.entry.args == {"clips": 7, "frames": 10}
        assert case.entry.input.test == Sampling("clips", 7, 10)

    def test_a_model_that_reads_every_frame_is_counted_on_its_training_frames(self):
        assert case_of(MODELS["fan"]).input == (3, 3, 224, 224)
        assert case_of(MODELS["fan"], frames=90).input == (3, 90, 224, 224)

    def test_a_model_without_any_number_of_frames_is_refused(self):
        spec = replace(MODELS["fan"].input, train=Sampling("all"))
        with pytest.raises(BenchError) as error:
            case_of(replace(MODELS["fan"], input=spec))
        assert str(error.value) == (
            "model 'fan' reads all frames of a video; say for how many it is to be counted with "
            "--frames."
        )

    def test_no_frame_is_no_clip(self):
        with pytest.raises(BenchError) as error:
            case_of(MODELS["ceflnet"], frames=0)
        assert str(error.value) == ("--frames 0 is no number of frames; expected 1 or more.")

    def test_identity_is_the_case_and_the_setting(self):
        case = case_of(MODELS["c3d"])
        same = identity(replace(case, entry=replace(case.entry, title="other", note="words")))
        assert identity(case) == same
        assert len({identity(case), identity(case, CPU), identity(case_of(MODELS["c3d"], 5))}) == 3


class TestPerVideo:
    def test_one_view_is_one_pass_over_the_frames(self):
        assert per_video(case_of(MODELS["c3d"])) == costs.PerVideo(1, 16)

    def test_every_view_is_a_pass_and_temporal_ones_read_frames(self):
        entry = MODELS["c3d"]
        views = replace(entry, input=replace(entry.input, views=Views(temporal=5, spatial=3)))
        assert per_video(case_of(views)) == costs.PerVideo(15, 80)

    def test_how_many_frames_a_whole_video_has_is_not_known(self):
        assert per_video(case_of(MODELS["fan"])) == costs.PerVideo(1, None)
        assert per_video(case_of(MODELS["fan"], frames=90)) == costs.PerVideo(1, 90)


class TestFactory:
    def test_a_network_of_no_registry_is_built_from_its_arguments_alone(self):
        found = costs.counted(case_of_factory("torch.nn:Conv3d", (3, 4, 8, 8), SMALL))
        assert found.complexity.params == 3 * 2 + 2
        assert found.complexity.macs == 3 * 2 * 4 * 8 * 8

    def test_a_factory_that_is_no_module_is_named(self):
        with pytest.raises(BenchError) as error:
            costs.counted(case_of_factory("collections:Counter", (3, 4, 8, 8), {}))
        assert str(error.value) == (
            "model 'collections:Counter': collections:Counter gave a Counter; expected a "
            "torch.nn.Module. Name a class or function that builds one."
        )

    def test_a_refused_shape_names_the_model(self):
        with pytest.raises(BenchError) as error:
            costs.counted(case_of_factory("torch.nn:Conv3d", (4, 4, 8, 8), SMALL))
        said = "model 'torch.nn:Conv3d': the network cannot answer a video of shape (4, 4, 8, 8)"
        assert str(error.value).startswith(said)


class TestKeeping:
    def test_a_recount_leaves_the_stored_file_alone(self, tmp_path, made):
        counted = replace(made, timing=None)
        keep(tmp_path, counted)
        path = store.cost_path(tmp_path, counted)
        assert path == tmp_path / "cost" / "counted" / "torch.nn:Conv3d" / f"{made.identity}.json"
        before = path.read_bytes()
        keep(tmp_path, replace(counted, created="2027-01-01T00:00:00+00:00"))
        assert path.read_bytes() == before

    def test_another_number_is_stored(self, tmp_path, made):
        counted = replace(made, timing=None)
        keep(tmp_path, counted)
        other = replace(counted, trainable=5)
        keep(tmp_path, other)
        assert store.load_cost(store.cost_path(tmp_path, counted)) == other

    def test_every_run_of_a_timing_is_kept(self, tmp_path, made):
        later = replace(made, created="2026-11-21T12:00:00+00:00")
        for record in (later, made):
            store.save_cost(tmp_path, record)
        assert timings(tmp_path, made.environment, made.model.name, made.identity) == [made, later]

    def test_runs_of_another_torch_are_none_of_these(self, tmp_path, made):
        store.save_cost(tmp_path, made)
        newer = replace(made.environment, packages={"torch": "9.0"})
        assert timings(tmp_path, newer, made.model.name, made.identity) == []


class TestUnstable:
    def compared(self, results, made, *milliseconds, **changes):
        store.save_cost(results, made)
        again = replace(made, timing=timing(*milliseconds, **changes), created="2026-11-21")
        return costs._beside_the_last(again, results).timing.unstable

    def test_a_median_far_from_the_run_before_is_said(self, tmp_path, made):
        assert self.compared(tmp_path, made, 11.2, 11.2, 50.0) == (
            "p50 is +12% against the run of 2026-11-20T12:00:00+00:00",
        )

    def test_a_median_within_a_tenth_is_not(self, tmp_path, made):
        assert self.compared(tmp_path, made, 10.9, 10.9, 50.0) == ()

    def test_a_run_of_another_torch_is_no_measure(self, tmp_path, made):
        older = replace(made.environment, packages={"torch": "2.6.0"})
        store.save_cost(tmp_path, replace(made, environment=older))
        again = replace(made, timing=timing(30.0), created="2026-11-21")
        assert costs._beside_the_last(again, tmp_path).timing.unstable == ()

    def test_a_quick_run_is_not_held_against_a_full_one(self, tmp_path, made):
        assert self.compared(tmp_path, made, 30.0, quick=False) == ()


def test_a_gpu_in_another_host_is_another_machine(monkeypatch):
    names = []
    for cpu in ("AMD EPYC 9654", "Intel Xeon"):
        monkeypatch.setattr(environment, "cpu_name", lambda cpu=cpu: cpu)
        monkeypatch.setattr(environment.os, "cpu_count", lambda: 16)
        names += [environment.machine("NVIDIA H200"), environment.machine()]
    assert names == [
        *("gpu-nvidia-h200-amd-epyc-9654-16-cores", "cpu-amd-epyc-9654-16-cores"),
        *("gpu-nvidia-h200-intel-xeon-16-cores", "cpu-intel-xeon-16-cores"),
    ]
