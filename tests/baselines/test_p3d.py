import pytest
import torch
from torch import nn

from baselines.p3d import P3D63, Pseudo3D
from bench.measurement.complexity import count

SHAPES = {
    "conv1_custom": (64, 16, 80, 80),
    "maxpool": (64, 8, 40, 40),
    "layer1": (256, 8, 40, 40),
    "layer2": (512, 4, 20, 20),
    "layer3": (1024, 2, 10, 10),
    "layer4": (2048, 5, 5),
}


def block(kind):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Pseudo3D(8, 2, kind).eval()


def parts(block, video):
    x = block.bn1(block.conv1(video)).relu()
    space = block.bn2(block.conv2(x)).relu()
    return x, space, lambda given: block.bn3(block.conv3(given)).relu()


def finish(block, inner, video):
    return (block.bn4(block.conv4(inner)) + video).relu()


def test_the_network_has_the_published_cost():
    counted = count(lambda: P3D63(7), (3, 16, 160, 160), 7).complexity
    assert counted.params == 24_939_975
    assert round(counted.macs / 1e9, 3) == 8.441


def test_each_stage_has_the_shape_of_the_code():
    seen = {}
    with torch.device("meta"):
        network = P3D63(7)
        for name in SHAPES:
            network.get_submodule(name).register_forward_hook(
                lambda _m, _i, output, name=name: seen.update({name: tuple(output.shape[1:])})
            )
        outputs = network.outputs(torch.empty(2, 3, 16, 160, 160))
    assert seen == SHAPES
    assert outputs["logits"].shape == (2, 7)
    assert outputs["features"].shape == (2, 2048)


def test_thirteen_blocks_take_turns_and_the_last_stage_is_flat():
    with torch.device("meta"):
        network = P3D63(7)
    kinds = "".join(m.kind for m in network.modules() if isinstance(m, Pseudo3D))
    assert kinds == "ABCABCABCABCA"
    assert not any(isinstance(m, nn.Conv3d) for m in network.layer4.modules())


def test_kind_a_sees_time_after_space():
    video, pseudo = torch.rand(1, 8, 4, 5, 5), block("A")
    _, space, time = parts(pseudo, video)
    torch.testing.assert_close(pseudo(video), finish(pseudo, time(space), video))


def test_kind_b_adds_space_and_time_beside_each_other():
    video, pseudo = torch.rand(1, 8, 4, 5, 5), block("B")
    x, space, time = parts(pseudo, video)
    torch.testing.assert_close(pseudo(video), finish(pseudo, space + time(x), video))


def test_kind_c_adds_time_after_space_to_it():
    video, pseudo = torch.rand(1, 8, 4, 5, 5), block("C")
    _, space, time = parts(pseudo, video)
    torch.testing.assert_close(pseudo(video), finish(pseudo, space + time(space), video))


def test_what_is_left_of_a_longer_video_is_averaged():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = P3D63(3).eval()
    maps = []
    network.avgpool.register_forward_hook(lambda _m, _i, output: maps.append(output.flatten(1)))
    with torch.no_grad():
        outputs = network.outputs(torch.rand(2, 3, 32, 32, 32))
    (steps,) = maps
    assert steps.shape == (4, 2048)
    expected = torch.stack([(steps[0] + steps[1]) / 2, (steps[2] + steps[3]) / 2])
    torch.testing.assert_close(outputs["features"], expected)
    torch.testing.assert_close(outputs["logits"], network.fc(expected))


def test_too_short_a_video_is_refused():
    said = r"^the video has 15 frames; expected 16 or more, since time is halved four times\.$"
    with torch.device("meta"), pytest.raises(ValueError, match=said):
        P3D63(7)(torch.empty(1, 3, 15, 160, 160))


def test_names_are_those_of_the_public_code():
    def norm(name):
        leaves = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
        return {f"{name}.{leaf}" for leaf in leaves}

    expected = {"conv1_custom.weight", "fc.weight", "fc.bias"} | norm("bn1")
    for stage, blocks in enumerate((3, 4, 6, 3), start=1):
        inner = ("1", "_normal", "4") if stage == 4 else ("1", "2", "3", "4")
        for position in range(blocks):
            place = f"layer{stage}.{position}"
            expected |= {f"{place}.conv{part}.weight" for part in inner}
            expected |= set().union(*(norm(f"{place}.bn{part}") for part in inner))
        expected.add(f"layer{stage}.0.downsample.0.weight")
        expected |= norm(f"layer{stage}.0.downsample.1")
    with torch.device("meta"):
        assert set(P3D63(7).state_dict()) == expected
