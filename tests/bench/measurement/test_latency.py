import itertools
from dataclasses import replace

import pytest
import torch
from torch import nn

from bench.errors import BenchError
from bench.measurement import latency
from bench.measurement.entrant import Rig, thinned
from bench.measurement.latency import measure, run
from bench.measurement.passes import Contender
from bench.measurement.turns import Plan, Stopwatch
from bench.records import Energy, GpuState, Setting, Throughput

CPU = Setting("cpu")
PLAN = Plan(
    quick=True,
    samples=4,
    seconds=2.0,
    least=2,
    limit_s=8.0,
    window=2,
    window_s=0.5,
    warmup_s=4.0,
    throughput_s=100.0,
    turn_s=1.0,
    most=1000,
)
BRIEF = replace(
    latency.FAST, samples=3, seconds=0.0, least=1, window=1, window_s=0.0, turn_s=0.0, warmup_s=0.5
)


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """Nobody else is at work on this machine; `test_load` is about those who are."""
    monkeypatch.setattr("bench.measurement.entrant.cores", lambda: None)


class World:
    """A clock that only moves when a network of it answers, and what was done, in order."""

    def __init__(self):
        self.now, self.log = 512.0, []

    def contender(self, name, *seconds, per_video=False, fails=None):
        """Passes of the given seconds again and again; with `fails` the n-th one raises."""
        world, left, count = self, itertools.cycle(seconds), itertools.count(1)

        class Fake(nn.Module):
            def forward(self, video):
                if fails and next(count) == fails[0]:
                    raise fails[1]
                world.now += next(left) * (len(video) if per_video else 1)
                world.log.append(name)

        return Contender(name, Fake, (3, 1, 2, 2))

    def rig(self, gpu=None, plan=PLAN):
        watch = Stopwatch(lambda: self.now)
        return Rig(CPU, torch.device("cpu"), plan, watch, gpu)


class FakeGpu:
    """Takes 100 W of energy by the world's clock."""

    def __init__(self, world, counter=True):
        self.world, self.counter = world, counter

    def millijoules(self):
        return round(self.world.now * 100_000) if self.counter else None

    def state(self, moment):
        return GpuState(moment, 1980, 2619, 100.0, 50, ())


def test_networks_take_turns_round_by_round():
    world = World()
    run([world.contender("a", 0.5), world.contender("b", 1.0)], world.rig())
    warm_ups = ["a"] * 4 + ["b"] * 4
    assert world.log == warm_ups + ["a", "a", "b"] * 2 + ["b"] * 2


def test_a_record_says_how_its_samples_came_about():
    world = World()
    lines = []
    one, other = run(
        [world.contender("a", 0.5), world.contender("b", 3.0)], world.rig(), tell=lines.append
    )
    assert (one.setting, one.quick, one.warmup, one.steady) == (CPU, True, 4, True)
    assert (one.wall_ms, one.rounds, one.beside) == ((500.0,) * 4, (2, 2), ("b",))
    assert one.unstable == ()
    assert (other.warmup, other.steady, other.rounds) == (2, False, (1, 1, 1))
    assert other.unstable == ("not steady after 2 warm-up passes",)
    assert (one.device_ms, one.memory_bytes, one.energy, one.gpu) == ((), None, None, ())
    assert lines == [
        "a: steady after 4 warm-up passes",
        "b: not steady after 2 warm-up passes",
        "a: 4 samples in 2 turns",
        "b: 3 samples in 3 turns, stopped at 8 s",
    ]


def test_a_network_that_fails_is_answered_with_a_sentence_and_the_others_go_on():
    world = World()
    lines = []
    answers = run(
        [
            world.contender("a", 0.5),
            world.contender("b", 0.5, fails=(1, ValueError("too few frames"))),
            world.contender("c", 0.5, fails=(6, torch.OutOfMemoryError("CUDA out of memory."))),
        ],
        world.rig(),
        tell=lines.append,
    )
    assert [str(answer) for answer in answers[1:]] == [
        "b failed on videos of shape 1 x (3, 1, 2, 2): ValueError: too few frames. "
        "Check factory, args and input of its block.",
        "out of memory while c answered videos of shape 1 x (3, 1, 2, 2) on cpu. "
        "Time it alone, or lower the batch.",
    ]
    assert all(isinstance(answer, BenchError) for answer in answers[1:])
    assert (len(answers[0].wall_ms), answers[0].beside) == (4, ())
    assert {"b: left out", "c: left out"} <= set(lines)


def test_a_network_that_cannot_be_built_is_answered_too():
    def refuse():
        raise TypeError("no such argument")

    world = World()
    first, second = run(
        [Contender("x", refuse, (3, 1, 2, 2)), world.contender("a", 1.0)], world.rig()
    )
    assert str(first).startswith("x failed on videos of shape 1 x (3, 1, 2, 2): TypeError: no such")
    assert len(second.wall_ms) == 4


def test_short_passes_open_each_turn_with_one_that_is_no_sample():
    world = World()
    (timing,) = run([world.contender("a", 0.125)], world.rig())
    # 8 passes warm up; each of two turns takes 8 samples after its opening one
    assert (timing.warmup, timing.rounds, len(world.log)) == (8, (8, 8), 8 + 9 + 9)


def test_energy_is_the_difference_of_the_counter_over_two_seconds_of_passes():
    world = World()
    (timing,) = run([world.contender("a", 0.75)], world.rig(FakeGpu(world)))
    assert timing.energy == Energy(millijoules=225_000, passes=3, seconds=2.25)


def test_without_a_counter_there_is_no_energy():
    world = World()
    (timing,) = run([world.contender("a", 0.75)], world.rig(FakeGpu(world, counter=False)))
    assert timing.energy is None


def test_a_clock_that_stands_still_ends_the_energy_by_its_passes():
    world = World()
    rig = world.rig(FakeGpu(world), replace(PLAN, most=10))
    (timing,) = run([world.contender("a", 0.0)], rig)
    assert timing.energy == Energy(millijoules=0, passes=10, seconds=0.0)
    assert timing.wall_ms == (0.0,) * 10


def test_the_gpu_is_read_before_the_job_after_each_turn_and_after_the_job():
    world = World()
    (timing,) = run([world.contender("a", 0.5)], world.rig(FakeGpu(world)))
    assert [state.moment for state in timing.gpu] == ["before", "during", "during", "after"]


def test_of_many_readings_some_are_kept_evenly():
    assert thinned(list(range(7)), 3) == [0, 2, 4]
    assert thinned(list(range(3)), 50) == [0, 1, 2]
    assert thinned([]) == []


def test_throughput_is_searched_when_it_is_asked_for():
    world = World()
    (timing,) = run([world.contender("a", 0.5, per_video=True)], world.rig(), throughput=True)
    # a turn of each batch lasts 1 s; twice the videos take twice the time: there is no gain
    assert timing.throughput == (Throughput(1, (500.0,) * 5), Throughput(2, (1000.0,) * 5))


def test_a_network_that_takes_one_video_only_keeps_its_samples():
    class Single(nn.Module):
        def forward(self, video):
            if len(video) > 1:
                raise ValueError("one video at a time")
            world.now += 0.5

    world = World()
    (timing,) = run([Contender("a", Single, (3, 1, 2, 2))], world.rig(), throughput=True)
    assert [found.batch for found in timing.throughput] == [1]
    assert len(timing.wall_ms) == 4


def test_out_of_memory_ends_the_search_and_nothing_else():
    class Small(nn.Module):
        def forward(self, video):
            if len(video) > 2:
                raise torch.OutOfMemoryError("CUDA out of memory.")
            world.now += 0.5

    world = World()
    (timing,) = run([Contender("a", Small, (3, 1, 2, 2))], world.rig(), throughput=True)
    assert [found.batch for found in timing.throughput] == [1, 2, 4]
    assert timing.throughput[-1] == Throughput(4, ())


def test_a_network_that_fails_after_its_samples_keeps_them():
    world, lines = World(), []
    contenders = [
        world.contender("a", 0.5, fails=(9, ValueError("worn out"))),
        world.contender("b", 0.5),
    ]
    one, other = run(contenders, world.rig(FakeGpu(world)), tell=lines.append)
    assert (one.wall_ms, one.energy) == ((500.0,) * 4, None)
    assert other.energy == Energy(millijoules=200_000, passes=4, seconds=2.0)
    assert lines[-1] == (
        "a: its times are kept, without energy: a failed on videos of shape 1 x (3, 1, 2, 2): "
        "ValueError: worn out. Check factory, args and input of its block."
    )


def test_a_network_that_fails_in_the_search_for_its_best_batch_keeps_its_samples():
    world, lines = World(), []
    contender = world.contender("a", 0.5, fails=(9, ValueError("worn out")))
    (timing,) = run([contender], world.rig(), throughput=True, tell=lines.append)
    assert (timing.wall_ms, timing.throughput) == ((500.0,) * 4, ())
    assert lines[-1] == "a: 4 samples in 2 turns"


def test_memory_that_cannot_be_given_back_is_told_and_costs_no_sample(monkeypatch):
    def refuse(device):
        raise RuntimeError("CUDA error: an illegal memory access was encountered")

    monkeypatch.setattr(latency, "release", refuse)
    world, lines = World(), []
    contenders = [world.contender("a", 0.5), world.contender("b", 0.5, fails=(5, ValueError()))]
    timing, failed = run(contenders, world.rig(), tell=lines.append)
    assert len(timing.wall_ms) == 4
    assert isinstance(failed, BenchError)
    assert (
        lines.count(
            "memory was not given back: CUDA error: an illegal memory access was encountered"
        )
        == len(contenders) + 1 + 1
    )


def test_no_network_changes_how_the_others_are_measured():
    seen = set()

    class Changing(nn.Module):
        def __init__(self):
            super().__init__()
            self.change()

        def change(self):
            torch.set_float32_matmul_precision("high")
            torch.backends.cudnn.benchmark = False
            torch.set_num_threads(2)

        def forward(self, video):
            self.change()
            return video

    class Watching(nn.Module):
        def forward(self, video):
            cudnn = torch.backends.cudnn
            products = torch.get_float32_matmul_precision()
            seen.add((products, cudnn.benchmark, torch.get_num_threads()))
            return video

    shape = (3, 1, 2, 2)
    before = torch.get_float32_matmul_precision(), torch.get_num_threads()
    measure(
        [Contender("a", Changing, shape), Contender("b", Watching, shape)],
        Setting("cpu", threads=1),
        "cpu",
        BRIEF,
    )
    assert seen == {("highest", True, 1)}
    assert (torch.get_float32_matmul_precision(), torch.get_num_threads()) == before


def convolution():
    return nn.Conv3d(3, 2, 1)


def test_a_real_network_is_timed_on_the_cpu():
    lines = []
    setting = Setting("cpu", "bf16", batch=2, channels_last=True, threads=1)
    (timing,) = measure(
        [Contender("conv", convolution, (3, 2, 8, 8))], setting, "cpu", BRIEF, tell=lines.append
    )
    assert timing.setting == setting
    assert len(timing.wall_ms) == sum(timing.rounds) == 3
    assert min(timing.wall_ms) > 0
    assert (timing.device_ms, timing.gpu, timing.compile_s) == ((), (), None)
    assert len(lines) == 2


def test_measuring_leaves_the_random_state_alone():
    state = torch.random.get_rng_state()
    measure([Contender("conv", convolution, (3, 1, 2, 2))], CPU, "cpu", BRIEF)
    assert torch.equal(torch.random.get_rng_state(), state)


def test_a_setting_that_cannot_be_is_refused_before_anything_is_built():
    with pytest.raises(BenchError, match="precision tf32 is a mode of a GPU's tensor cores"):
        measure(
            [Contender("conv", convolution, (3, 1, 2, 2))], Setting("cpu", "tf32"), "cpu", BRIEF
        )


def test_a_full_measurement_asks_for_200_samples_and_10_seconds():
    assert (latency.FULL.samples, latency.FULL.seconds, latency.FULL.quick) == (200, 10, False)
    assert latency.FAST.quick


@pytest.mark.slow
def test_compiling_is_timed_apart():
    setting = Setting("cpu", compiled=True)
    (timing,) = measure([Contender("conv", convolution, (3, 2, 8, 8))], setting, "cpu", BRIEF)
    assert timing.compile_s * 1000 > 10 * max(timing.wall_ms)
    assert timing.warmup > 3


needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")


class Heavy(nn.Module):
    """Holds 256 MiB and convolves."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Conv3d(3, 64, 3)
        self.register_buffer("ballast", torch.zeros(2**26))

    def forward(self, video):
        return self.layer(video)


class Huge(nn.Module):
    def forward(self, video):
        return video.new_empty(2**44)


@pytest.mark.gpu
@needs_gpu
@pytest.mark.parametrize("precision", ["fp32", "tf32", "bf16", "fp16"])
def test_a_gpu_is_timed_by_events_within_the_wall_time(precision):
    setting = Setting("cuda", precision, channels_last=True)
    shape = (3, 16, 112, 112)
    contenders = [Contender("heavy", Heavy, shape), Contender("light", convolution, shape)]
    heavy, light = measure(contenders, setting, "cuda", BRIEF, throughput=True)
    for timing in (heavy, light):
        assert len(timing.device_ms) == len(timing.wall_ms) == 3
        pairs = zip(timing.device_ms, timing.wall_ms, strict=True)
        assert all(0 < device <= wall for device, wall in pairs)
        assert timing.throughput[0].batch == 1
    # what the heavy one holds is no part of the light one
    assert heavy.memory_bytes > 2**28 > light.memory_bytes > 3 * 16 * 112 * 112 * 4


@pytest.mark.gpu
@needs_gpu
def test_out_of_memory_on_a_gpu_is_one_answer_of_two():
    shape = (3, 2, 8, 8)
    contenders = [Contender("huge", Huge, shape), Contender("light", convolution, shape)]
    huge, light = measure(contenders, Setting("cuda"), "cuda", BRIEF)
    assert str(huge) == (
        "out of memory while huge answered videos of shape 1 x (3, 2, 8, 8) on cuda. "
        "Time it alone, or lower the batch."
    )
    assert len(light.wall_ms) == 3


@pytest.mark.gpu
@needs_gpu
def test_a_compiled_network_answers_on_a_gpu():
    setting = Setting("cuda", "bf16", compiled=True)
    (timing,) = measure([Contender("conv", convolution, (3, 2, 8, 8))], setting, "cuda", BRIEF)
    assert timing.compile_s * 1000 > 10 * max(timing.wall_ms)
