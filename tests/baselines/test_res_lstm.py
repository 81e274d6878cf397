import pytest
import torch

from baselines.res_lstm import ResLSTM
from bench.measurement.complexity import count

SHAPES = {
    "conv1": (64, 56, 56),
    "maxpool": (64, 28, 28),
    "layer1": (256, 28, 28),
    "layer2": (512, 14, 14),
    "layer3": (1024, 7, 7),
    "layer4": (2048, 4, 4),
}


def build(classes=3):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return ResLSTM(classes).eval()


def test_the_network_has_the_published_cost():
    counted = count(lambda: ResLSTM(7), (3, 16, 112, 112), 7).complexity
    assert counted.params == 17_388_871
    assert round(counted.macs / 1e9, 2) == 9.12


def test_each_stage_has_the_shape_of_the_code():
    seen = {}
    with torch.device("meta"):
        network = ResLSTM(7)
        for name in SHAPES:
            network.get_submodule(name).register_forward_hook(
                lambda _m, _i, output, name=name: seen.update({name: tuple(output.shape)})
            )
        outputs = network.outputs(torch.empty(2, 3, 16, 112, 112))
    assert seen == {name: (32, *shape) for name, shape in SHAPES.items()}
    assert outputs["features"].shape == (2, 4096)
    assert outputs["logits"].shape == (2, 7)


def test_the_first_convolution_of_a_block_carries_the_stride():
    with torch.device("meta"):
        block = ResLSTM(7).layer2[0]
    assert (block.conv1.stride, block.conv2.stride) == ((2, 2), (1, 1))


def test_every_step_has_its_own_place_in_the_features():
    network = build()
    video = torch.rand(1, 3, 16, 33, 33)
    changed = video.clone()
    changed[:, :, 10:] = 0
    with torch.no_grad():
        one, other = (network.outputs(v)["features"].view(16, 256) for v in (video, changed))
    torch.testing.assert_close(one[:10], other[:10])
    assert (one[10:] != other[10:]).any(1).all()


def test_another_number_of_frames_is_refused():
    said = (
        r"^the video has 15 frames; expected 16, since every step has its own weights in the "
        r"classifier\.$"
    )
    with torch.device("meta"), pytest.raises(ValueError, match=said):
        ResLSTM(7)(torch.empty(1, 3, 15, 112, 112))
