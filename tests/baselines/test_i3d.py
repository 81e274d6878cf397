import pytest
import torch

from baselines.i3d import I3D, MIXED, Same, published_keys
from bench.measurement.complexity import count

SHAPES = {
    "Conv3d_1a_7x7": (64, 8, 112, 112),
    "MaxPool3d_2a_3x3": (64, 8, 56, 56),
    "Conv3d_2c_3x3": (192, 8, 56, 56),
    "MaxPool3d_3a_3x3": (192, 8, 28, 28),
    "Mixed_3c": (480, 8, 28, 28),
    "MaxPool3d_4a_3x3": (480, 4, 14, 14),
    "Mixed_4f": (832, 4, 14, 14),
    "MaxPool3d_5a_2x2": (832, 2, 7, 7),
    "Mixed_5c": (1024, 2, 7, 7),
}


def published_names(classes=400):
    """Name -> shape of every tensor in a file of the public code, from its description."""
    names = {}

    def unit(name, inputs, outputs, kernel=1):
        names[f"{name}.conv3d.weight"] = (outputs, inputs, kernel, kernel, kernel)
        for leaf in ("weight", "bias", "running_mean", "running_var"):
            names[f"{name}.bn.{leaf}"] = (outputs,)
        names[f"{name}.bn.num_batches_tracked"] = ()

    unit("Conv3d_1a_7x7", 3, 64, 7)
    unit("Conv3d_2b_1x1", 64, 64)
    unit("Conv3d_2c_3x3", 64, 192, 3)
    channels = 192
    for name, (one, narrow, wide, narrow2, wide2, pooled) in MIXED.items():
        unit(f"{name}.b0", channels, one)
        unit(f"{name}.b1a", channels, narrow)
        unit(f"{name}.b1b", narrow, wide, 3)
        unit(f"{name}.b2a", channels, narrow2)
        unit(f"{name}.b2b", narrow2, wide2, 3)
        unit(f"{name}.b3b", channels, pooled)
        channels = one + wide + wide2 + pooled
    names["logits.conv3d.weight"] = (classes, channels, 1, 1, 1)
    names["logits.conv3d.bias"] = (classes,)
    return names


def test_the_network_has_the_published_cost():
    counted = count(lambda: I3D(7), (3, 16, 224, 224), 7).complexity
    assert counted.params == 12_294_439
    assert round(counted.macs / 1e9, 3) == 27.788


def test_each_stage_has_the_shape_of_the_paper():
    seen = {}
    with torch.device("meta"):
        network = I3D(7)
        for name in SHAPES:
            network.trunk.get_submodule(name).register_forward_hook(
                lambda _m, _i, output, name=name: seen.update({name: tuple(output.shape[1:])})
            )
        outputs = network.outputs(torch.empty(2, 3, 16, 224, 224))
    assert seen == SHAPES
    assert outputs["logits"].shape == (2, 7)
    assert outputs["features"].shape == (2, 1024)


def test_a_file_of_the_public_code_fills_the_whole_network():
    with torch.device("meta"):
        ours = {name: tuple(t.shape) for name, t in I3D(400).state_dict().items()}
    theirs = published_names()
    mapped = published_keys(theirs)
    assert set(mapped) == set(theirs)
    assert {place: theirs[name] for name, place in mapped.items()} == ours


def test_a_name_of_another_network_has_no_place():
    assert published_keys(["fc.weight", "layer1.0.conv1.weight"]) == {}


@pytest.mark.parametrize(
    ("kernel", "stride", "length", "sides"),
    [
        (7, 2, 224, (2, 3)),
        (7, 2, 15, (3, 3)),
        (3, 2, 112, (0, 1)),
        (2, 2, 4, (0, 0)),
        (3, 1, 5, (1, 1)),
    ],
)
def test_padding_is_that_of_tensorflow(kernel, stride, length, sides):
    video = torch.ones(1, 1, 1, 1, length)
    padded = Same((1, 1, kernel), (1, 1, stride))(video).flatten()
    before, after = sides
    assert padded.tolist() == [0.0] * before + [1.0] * length + [0.0] * after


def test_the_axes_are_padded_each_for_itself():
    assert Same((3, 7, 2), (2, 2, 2))(torch.empty(1, 1, 4, 6, 5)).shape == (1, 1, 5, 11, 6)


def test_features_are_what_the_classifier_sees_at_an_odd_size():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = I3D(3).eval()
    with torch.no_grad():
        outputs = network.outputs(torch.rand(2, 3, 9, 33, 33))
        logits = network.logits(outputs["features"][..., None, None, None]).flatten(1)
    torch.testing.assert_close(logits, outputs["logits"])
