import pytest
import torch

from baselines.resnet3d import ResNet3D18, ZeroPad
from bench.measurement.complexity import count

SHAPES = {
    "conv1": (64, 16, 56, 56),
    "layer1": (64, 8, 28, 28),
    "layer2": (128, 4, 14, 14),
    "layer3": (256, 2, 7, 7),
    "layer4": (512, 1, 4, 4),
}


def test_shortcut_b_has_the_published_cost():
    counted = count(lambda: ResNet3D18(7), (3, 16, 112, 112), 7).complexity
    assert counted.params == 33_207_495
    assert round(counted.macs / 1e9, 3) == 8.308


def test_shortcut_a_has_fewer_params():
    with torch.device("meta"):
        network = ResNet3D18(7, shortcut="A")
    assert sum(p.numel() for p in network.parameters()) == 33_033_671


@pytest.mark.parametrize("shortcut", ["A", "B"])
def test_each_stage_has_the_shape_of_the_paper(shortcut):
    seen = {}
    with torch.device("meta"):
        network = ResNet3D18(7, shortcut=shortcut)
        for name in SHAPES:
            network.get_submodule(name).register_forward_hook(
                lambda _m, _i, output, name=name: seen.update({name: tuple(output.shape[1:])})
            )
        outputs = network.outputs(torch.empty(2, 3, 16, 112, 112))
    assert seen == SHAPES
    assert outputs["logits"].shape == (2, 7)
    assert outputs["features"].shape == (2, 512)


def test_shortcut_a_takes_every_second_place_and_adds_empty_channels():
    video = torch.arange(64.0).view(1, 1, 4, 4, 4)
    passed = ZeroPad(3, 2)(video)
    assert passed.shape == (1, 3, 2, 2, 2)
    assert passed[0, 0].flatten().tolist() == [0, 2, 8, 10, 32, 34, 40, 42]
    assert not passed[0, 1:].any()


def test_features_are_what_the_classifier_sees():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = ResNet3D18(3).eval()
    outputs = network.outputs(torch.rand(2, 3, 16, 33, 33))
    torch.testing.assert_close(network.fc(outputs["features"]), outputs["logits"])


def test_names_are_those_of_the_authors_code():
    def norm(name):
        leaves = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
        return {f"{name}.{leaf}" for leaf in leaves}

    expected = {"conv1.weight", "fc.weight", "fc.bias"} | norm("bn1")
    for stage in (1, 2, 3, 4):
        for block in (0, 1):
            for part in (1, 2):
                expected.add(f"layer{stage}.{block}.conv{part}.weight")
                expected |= norm(f"layer{stage}.{block}.bn{part}")
        if stage > 1:
            expected.add(f"layer{stage}.0.downsample.0.weight")
            expected |= norm(f"layer{stage}.0.downsample.1")
    with torch.device("meta"):
        assert set(ResNet3D18(7).state_dict()) == expected


def test_an_unknown_shortcut_is_refused():
    with pytest.raises(ValueError, match=r"^shortcut 'C' is unknown; expected 'A' or 'B'\.$"):
        ResNet3D18(7, shortcut="C")
