import itertools

import pytest
import torch
from torch import nn

from bench.measurement import latency
from bench.measurement.latency import Samples, measure, sample_latency


class FakeTime:
    """A clock that only moves when a step is made, by the next of the given seconds."""

    def __init__(self, *seconds):
        self.now, self.seconds, self.waited = 100.0, itertools.cycle(seconds), 0

    def clock(self):
        return self.now

    def step(self):
        self.now += next(self.seconds)

    def wait(self):
        self.waited += 1


def test_every_timed_step_is_one_sample_in_order():
    fake = FakeTime(0.25, 0.5, 1.0)
    samples = sample_latency(fake.step, warmup=2, repeats=4, clock=fake.clock)
    assert samples == Samples(2, (1000.0, 250.0, 500.0, 1000.0))


def test_the_device_is_waited_for_inside_each_sample():
    fake = FakeTime(0.5)
    waits = []

    def wait():
        waits.append(fake.now)
        fake.now += 0.25

    samples = sample_latency(fake.step, warmup=1, repeats=2, clock=fake.clock, synchronize=wait)
    assert samples.milliseconds == (750.0, 750.0)
    assert len(waits) == 3


def test_a_heavy_step_is_warmed_once_and_timed_three_times():
    fake = FakeTime(16.0)
    samples = sample_latency(fake.step, warmup=3, repeats=20, clock=fake.clock, limit_s=10)
    assert samples == Samples(1, (16_000.0, 16_000.0, 16_000.0))


def test_no_step_is_begun_after_the_limit():
    fake = FakeTime(1.0)
    samples = sample_latency(fake.step, warmup=3, repeats=20, clock=fake.clock, limit_s=10)
    assert samples == Samples(3, (1000.0,) * 7)


class Recorder(nn.Module):
    seen = ()

    def __init__(self):
        super().__init__()
        self.layer = nn.Conv3d(3, 2, 1)

    def forward(self, video):
        out = self.layer(video)
        Recorder.seen = (
            *Recorder.seen,
            (tuple(video.shape), out.dtype, self.training, torch.is_inference_mode_enabled()),
        )
        return out


@pytest.mark.parametrize(
    ("precision", "dtype"), [("fp32", torch.float32), ("bf16", torch.bfloat16)]
)
def test_a_network_is_measured_in_evaluation_and_in_the_asked_precision(precision, dtype):
    Recorder.seen = ()
    samples = measure(Recorder, (3, 4, 8, 8), torch.device("cpu"), precision, batch=2)
    passes = latency.WARMUP + latency.REPEATS
    assert Recorder.seen == (((2, 3, 4, 8, 8), dtype, False, True),) * passes
    assert len(samples.milliseconds) == latency.REPEATS
    assert min(samples.milliseconds) > 0


def test_measuring_leaves_the_random_state_alone():
    state = torch.random.get_rng_state()
    measure(Recorder, (3, 1, 2, 2), torch.device("cpu"))
    assert torch.equal(torch.random.get_rng_state(), state)
