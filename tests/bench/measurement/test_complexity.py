import subprocess
import sys
import time
import timeit
from dataclasses import replace

import pytest
import torch
from torch import nn

from baselines.c3d import C3D, C3DTable8
from baselines.c3d_lstm import C3DLSTM
from bench.errors import BenchError
from bench.measurement.complexity import count, cross_check, macs_only
from ceflnet.model import CEFLNet

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


def test_frozen_params_are_counted_apart():
    def build():
        network = C3D(7)
        network.conv1.requires_grad_(False)
        return network

    counted = count(build, (3, 16, 112, 112), 7)
    assert counted.complexity.params - counted.trainable == 3 * 64 * 27 + 64


def test_weights_take_the_bytes_of_params_and_buffers_each_tensor_once():
    def build():
        first, second = nn.Linear(4, 4), nn.Linear(4, 4).half()
        twin = nn.Linear(4, 4, bias=False)
        twin.weight = first.weight
        return nn.Sequential(first, second, twin, nn.BatchNorm3d(3), nn.Identity())

    weights = 4 * 20 + 2 * 20 + 4 * 6
    counted = count(lambda: Around(build()), (3, 8, 4, 4), 4)
    assert counted.weight_bytes == weights + 4 * 6 + 8
    assert counted.complexity.params == 20 + 20 + 6


class Around(nn.Module):
    """Answers with the video, whatever it holds."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, video):
        return video


def test_the_answer_has_its_shape():
    assert count(lambda: C3D(7), (3, 16, 112, 112), 7).output == (1, 7)


def test_each_number_says_who_counted_and_what():
    counted = count(lambda: nn.Conv3d(3, 4, 3), (3, 8, 4, 4), 4)
    version = torch.__version__.partition("+")[0]
    assert counted.complexity.counter == f"torch {version}, ptflops 0.7.5"
    assert counted.conventions == {
        "macs": (
            f"torch.utils.flop_counter {version}, halved: products of convolutions, matrices, "
            "attention and recurrence, by operation"
        ),
        "macs_ptflops": (
            "ptflops 0.7.5, module hooks, functional counting off: the same by module, with "
            "biases, normalisation, activations and pooling"
        ),
    }


def checked(*uncounted):
    counted = count(lambda: nn.Conv3d(3, 4, 3), (3, 8, 4, 4), 4)
    return cross_check(replace(counted, uncounted=uncounted))


def test_the_cross_check_says_that_both_saw_the_same():
    assert checked() == "Both counters saw the same operations."


def test_the_cross_check_says_what_each_misses():
    assert checked("macs: a (Fused) by lab.fused", "macs_ptflops: b (Kernel)") == (
        "The counters did not see the same operations: macs misses a (Fused) by lab.fused; "
        "macs_ptflops misses b (Kernel)."
    )


def test_the_cross_check_names_three_modules_and_counts_the_rest():
    assert checked(*(f"macs_ptflops: {n} (Kernel)" for n in range(5))) == (
        "The counters did not see the same operations: macs_ptflops misses 0 (Kernel), "
        "1 (Kernel), 2 (Kernel) and 2 more."
    )


REFUSED = (
    "the network cannot {} on the meta device, where shapes exist and values do not: {}. Check the "
    "shape, take branches on values (.item(), if tensor:) out of forward, and create tensors on "
    "the device of the input."
)
NOT_BUILT = (
    "the network cannot be built on the meta device, where shapes exist and values do not: {}. "
    "Check its arguments, and build it without reading values of tensors and without naming a "
    "device."
)
ANSWER = "answer a video of shape (3, 2, 4, 4)"


class Asked(nn.Module):
    """Answers with what a function makes of the video."""

    def __init__(self, answer):
        super().__init__()
        self.answer = answer

    def forward(self, video):
        return self.answer(video)


def refused(build, shape=(3, 2, 4, 4)):
    with pytest.raises(BenchError) as error:
        count(build, shape, 2)
    return str(error.value), str(error.value.__cause__)


CANNOT_ANSWER = {
    "a branch on a value": lambda v: v * 2 if v.sum().item() > 0 else v,
    "a branch on a tensor": lambda v: v * 2 if v.sum() > 0 else v,
    "a shape that follows from values": lambda v: v[v > 0],
    "a walk over values": lambda v: sum(v.flatten().tolist()),
    "a way through numpy": lambda v: v.numpy(),
    "a tensor on a device of its own": lambda v: v + torch.ones(4, device="cpu"),
}


@pytest.mark.parametrize("answer", CANNOT_ANSWER.values(), ids=CANNOT_ANSWER.keys())
def test_what_needs_values_is_refused_with_torchs_own_reason(answer):
    message, cause = refused(lambda: Asked(answer))
    reason = cause.split("\n")[0].split(". ")[0].rstrip(".!")
    assert reason
    assert message == REFUSED.format(ANSWER, reason)


def test_the_reason_of_a_branch_on_values_can_be_read():
    message, _ = refused(lambda: Asked(CANNOT_ANSWER["a branch on a value"]))
    assert "values do not: Tensor.item() cannot be called on meta tensors. Check" in message


def test_a_network_that_moves_itself_to_a_device_is_refused():
    message, cause = refused(lambda: nn.Linear(4, 4).to("cpu"))
    assert cause.startswith("Cannot copy out of meta tensor; no data!")
    assert message == NOT_BUILT.format(cause.rstrip("."))


def test_a_video_of_the_wrong_size_is_refused():
    message, cause = refused(lambda: C3D(7), (3, 16, 64, 64))
    assert message == REFUSED.format("answer a video of shape (3, 16, 64, 64)", cause.rstrip("."))


def test_a_video_of_the_wrong_length_is_refused_with_the_networks_own_words():
    reason = "the video has 20 frames; expected 7 clips x 5 frames"
    message, _ = refused(lambda: CEFLNet(6), (3, 20, 64, 64))
    assert message == REFUSED.format("answer a video of shape (3, 20, 64, 64)", reason)


FOREIGN = {
    "KeyError: 'clip'": lambda v: {}["clip"],
    "AttributeError: 'Tensor' object has no attribute 'subject'": lambda v: v.subject,
    "ZeroDivisionError: division by zero": lambda v: v / (1 / 0),
    "StopIteration": lambda v: next(iter(())),
}


@pytest.mark.parametrize(("reason", "answer"), FOREIGN.items(), ids=FOREIGN.keys())
def test_any_error_of_a_network_is_a_sentence(reason, answer):
    message, _ = refused(lambda: Asked(answer))
    assert message == REFUSED.format(ANSWER, reason)


def test_a_network_that_cannot_be_turned_to_evaluation_is_refused():
    class Training(nn.Module):
        def eval(self):
            raise NotImplementedError

    message, _ = refused(Training)
    assert message == NOT_BUILT.format("NotImplementedError")


def test_a_factory_that_ends_the_program_does_not():
    def leave():
        raise SystemExit(5)

    assert refused(leave)[0] == NOT_BUILT.format("SystemExit: 5")


def test_a_refusal_of_the_network_itself_stays_as_it_is():
    def refuse(_video=None):
        raise BenchError("as it is.")

    assert refused(refuse)[0] == refused(lambda: Asked(refuse))[0] == "as it is."


def test_a_lazy_layer_that_never_ran_is_refused():
    class Idle(nn.Sequential):
        def forward(self, video):
            return self[1](video)

    message, _ = refused(lambda: Idle(nn.LazyLinear(4), nn.LazyLinear(4)))
    assert message == (
        "the shape of 0.weight is unknown after a pass, since its module never ran; call that "
        "module in forward, or leave it out."
    )


def test_an_answer_that_is_no_tensor_is_refused():
    message, _ = refused(lambda: Asked(lambda video: {"logits": video}))
    assert message == (
        "the network answers a video of shape (3, 2, 4, 4) with a dict; expected a tensor of "
        "logits. Return it from forward."
    )


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
