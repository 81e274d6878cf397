import pytest
import torch
from torch import nn

from bench.errors import BenchError
from bench.measurement.passes import (
    Contender,
    check,
    failure,
    make_ready,
    out_of_memory,
)
from bench.records import Setting

CPU = torch.device("cpu")
CONTENDER = Contender("tiny", nn.Identity, (3, 4, 8, 8))


class Recorder(nn.Module):
    def __init__(self):
        super().__init__()
        self.frame = nn.Conv2d(3, 3, 1)
        self.layer = nn.Conv3d(3, 2, 1)
        self.seen = []

    def forward(self, video):
        out = self.layer(video)
        self.seen.append(
            (tuple(video.shape), out.dtype, self.training, torch.is_inference_mode_enabled())
        )
        return out


@pytest.mark.parametrize(
    ("precision", "dtype"),
    [("fp32", torch.float32), ("bf16", torch.bfloat16), ("fp16", torch.float16)],
)
def test_a_pass_is_made_in_evaluation_and_in_the_asked_precision(precision, dtype):
    ready = make_ready(Recorder, Setting("cpu", precision), CPU)
    ready.answer(ready.noise((3, 4, 8, 8), batch=2))
    assert ready.network.seen == [((2, 3, 4, 8, 8), dtype, False, True)]


def test_channels_last_turns_every_weight_and_the_video():
    ready = make_ready(Recorder, Setting("cpu", channels_last=True), CPU)
    assert ready.network.layer.weight.is_contiguous(memory_format=torch.channels_last_3d)
    assert ready.network.frame.weight.is_contiguous(memory_format=torch.channels_last)
    video = ready.noise((3, 4, 8, 8), batch=1)
    assert video.stride() == (768, 1, 192, 24, 3)


def test_the_layout_stays_without_channels_last():
    ready = make_ready(Recorder, Setting("cpu"), CPU)
    assert ready.noise((3, 4, 8, 8), batch=1).stride() == (768, 256, 64, 8, 1)


def test_building_and_noise_leave_the_random_state_alone():
    state = torch.random.get_rng_state()
    make_ready(Recorder, Setting("cpu"), CPU).noise((3, 1, 2, 2), batch=1)
    assert torch.equal(torch.random.get_rng_state(), state)


def test_a_constructor_turns_no_switch_for_the_others():
    def build():
        torch.set_float32_matmul_precision("high")
        torch.set_num_threads(3)
        return nn.Identity()

    before = torch.get_float32_matmul_precision(), torch.get_num_threads()
    make_ready(build, Setting("cpu"), CPU)
    assert (torch.get_float32_matmul_precision(), torch.get_num_threads()) == before


def test_tf32_on_the_cpu_is_refused():
    with pytest.raises(BenchError) as error:
        check(Setting("cpu", "tf32"))
    assert str(error.value) == (
        "precision tf32 is a mode of a GPU's tensor cores, and the device is the CPU. "
        "Pass --precision fp32, bf16 or fp16, or --device cuda."
    )
    check(Setting("cuda", "tf32"))


def test_memory_that_runs_out_is_told_on_both_devices():
    assert out_of_memory(MemoryError())
    assert out_of_memory(torch.OutOfMemoryError("CUDA out of memory."))
    assert not out_of_memory(RuntimeError("shapes differ"))
    with pytest.raises(RuntimeError) as error:
        torch.empty(2**60)
    assert out_of_memory(error.value)


def test_each_failure_has_its_sentence():
    setting = Setting("cpu", batch=2)
    assert str(failure(MemoryError(), CONTENDER, setting)) == (
        "out of memory while tiny answered videos of shape 2 x (3, 4, 8, 8) on cpu. "
        "Time it alone, or lower the batch."
    )
    assert str(failure(ValueError("no frames.\nmore"), CONTENDER, setting)) == (
        "tiny failed on videos of shape 2 x (3, 4, 8, 8): ValueError: no frames. "
        "Check factory, args and input of its block."
    )
    assert str(failure(BenchError("as it is."), CONTENDER, setting)) == "as it is."


def test_compiling_without_a_compiler_is_told_in_a_sentence(monkeypatch):
    from torch._inductor import config

    # another kernel than any that is in the compiler's cache
    ready = make_ready(lambda: nn.Softplus(beta=1.375), Setting("cpu", compiled=True), CPU)
    monkeypatch.setattr(config.cpp, "cxx", (None, "/nonexistent/c++"))
    with pytest.raises(Exception, match="C\\+\\+ compiler") as error:
        ready.answer(torch.ones(1, 3, 1, 2, 2))
    assert str(failure(error.value, CONTENDER, ready.setting)) == (
        "tiny cannot be compiled: torch.compile finds no C++ compiler. "
        "Install one (on Debian: apt install g++), or time it without --compile."
    )
