import subprocess
import sys
import time
import timeit

import pytest
import torch
from torch import nn
from torch.nn import functional

from baselines.c3d import C3D, C3DTable8
from baselines.c3d_lstm import C3DLSTM
from bench.errors import BenchError
from bench.measurement.complexity import count, macs_only
from ceflnet.model import CEFLNet
from ceflnet.paper import CEFLNetPaper

TABLE_9 = {2: 25_521_835_396, 5: 63_799_063_525, 10: 127_594_731_580, 15: 191_390_759_435}


@pytest.mark.parametrize(("frames", "macs"), TABLE_9.items())
def test_ceflnet_has_the_macs_of_table_9_to_the_last_digit(frames, macs):
    counted = count(lambda: CEFLNet(6, frames=frames), (3, 7 * frames, 224, 224), 6)
    assert counted.complexity.macs_ptflops == macs
    assert counted.complexity.params == 12_828_807
    assert counted.uncounted == ()


def test_c3d_of_table_8_has_its_params_and_macs():
    complexity = count(lambda: C3DTable8(487), (3, 35, 224, 224), 487).complexity
    assert complexity.params == 79_991_015
    assert complexity.macs_ptflops == 326_411_415_352


def test_c3d_lstm_of_table_8_has_its_params_and_macs():
    complexity = count(lambda: C3DLSTM(6), (3, 35, 224, 224), 6).complexity
    assert complexity.params == 110_242_054
    assert round(complexity.macs_ptflops / 1e9, 2) == 282.26


def test_c3d_has_its_published_operations():
    assert macs_only(lambda: C3D(487), (3, 16, 112, 112)) == 38_548_959_232


class Layer(nn.Module):
    """One layer that is given the video as a sequence of T rows of 16 numbers."""

    def __init__(self, layer, *, several=False):
        super().__init__()
        self.layer, self.several = layer, several

    def forward(self, video):
        rows = video.flatten(3)[:, 0]
        out = self.layer(rows, rows, rows) if self.several else self.layer(rows)
        return out[0] if isinstance(out, tuple) else out


FORMULAS = {
    "linear": (lambda: Layer(nn.Linear(16, 5)), 8 * 16 * 5),
    "lstm": (lambda: Layer(nn.LSTM(16, 32, batch_first=True)), 8 * 4 * 32 * (16 + 32)),
    "gru": (lambda: Layer(nn.GRU(16, 32, batch_first=True)), 8 * 3 * 32 * (16 + 32)),
    "two-way lstm": (
        lambda: Layer(nn.LSTM(16, 32, batch_first=True, bidirectional=True)),
        2 * 8 * 4 * 32 * (16 + 32),
    ),
    "attention": (
        lambda: Layer(nn.MultiheadAttention(16, 4, batch_first=True), several=True),
        4 * 8 * 16 * 16 + 2 * 8 * 8 * 16,
    ),
    "convolution": (lambda: nn.Conv3d(3, 4, 3, padding=1), 3 * 4 * 27 * 8 * 4 * 4),
}


@pytest.mark.parametrize(("build", "macs"), FORMULAS.values(), ids=FORMULAS.keys())
def test_operations_follow_the_formula(build, macs):
    assert macs_only(build, (3, 8, 4, 4)) == macs


def test_frozen_params_are_counted_apart():
    def build():
        network = C3D(7)
        network.conv1.requires_grad_(False)
        return network

    counted = count(build, (3, 16, 112, 112), 7)
    assert counted.complexity.params - counted.trainable == 3 * 64 * 27 + 64


def test_a_product_outside_of_any_layer_is_named_as_unseen_by_ptflops():
    counted = count(lambda: CEFLNetPaper(6), (3, 35, 64, 64), 6)
    assert counted.uncounted == ("macs_ptflops: the network (CEFLNetPaper)",)


def test_a_subclass_that_ptflops_skips_is_named():
    class Kernel(nn.Conv3d):
        pass

    counted = count(lambda: nn.Sequential(Kernel(3, 4, 3)), (3, 8, 4, 4), 4)
    assert counted.complexity.macs == 3 * 4 * 27 * 6 * 2 * 2
    assert counted.complexity.macs_ptflops == 0
    assert counted.uncounted == ("macs_ptflops: 0 (Kernel)",)


def test_each_counter_is_named_with_its_version():
    counters = count(lambda: nn.Conv3d(3, 4, 3), (3, 8, 4, 4), 4).counters
    assert counters == {
        "macs": f"torch.utils.flop_counter {torch.__version__}, halved",
        "macs_ptflops": "ptflops 0.7.5, module hooks",
    }


class Branching(nn.Module):
    def forward(self, video):
        return video * 2 if video.sum().item() > 0 else video


def test_a_branch_on_values_is_refused_with_what_was_tried():
    with pytest.raises(BenchError) as error:
        count(Branching, (3, 2, 4, 4), 2)
    message = str(error.value)
    assert message.startswith(
        "the network cannot answer a video of shape (3, 2, 4, 4) on the meta device, "
        "where shapes exist and values do not: "
    )
    assert message.endswith(
        "Check the shape, take branches on values (.item(), if tensor:) out of forward, "
        "and create tensors on the device of the input."
    )


def test_a_video_of_the_wrong_length_is_refused_with_the_networks_own_words():
    with pytest.raises(BenchError, match="the video has 20 frames; expected 7 clips x 5 frames"):
        macs_only(lambda: CEFLNet(6), (3, 20, 64, 64))


def test_a_network_beyond_ptflops_keeps_its_other_count_and_prints_nothing(capfd):
    class Counterless(nn.Conv3d):
        def forward(self, input):
            if self._forward_hooks and getattr(self, "__batch_counter_handle__", None):
                raise RuntimeError("hooked")
            return functional.conv3d(input, self.weight)

    complexity = count(lambda: Counterless(3, 4, 3), (3, 8, 4, 4), 4).complexity
    assert complexity.macs == 3 * 4 * 27 * 6 * 2 * 2
    assert complexity.macs_ptflops is None
    assert capfd.readouterr() == ("", "")


def test_a_count_takes_less_than_150_ms():
    macs_only(lambda: CEFLNet(6), (3, 35, 224, 224))
    seconds = timeit.repeat(
        lambda: count(lambda: CEFLNet(6), (3, 35, 224, 224), 6),
        number=1,
        repeat=5,
        timer=time.process_time,
    )
    assert min(seconds) < 0.15


def test_ptflops_is_imported_only_when_something_is_counted():
    code = "import sys, bench.measurement.complexity; sys.exit('ptflops' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
