import pytest
import torch
from torchvision.models import vgg11_bn

from baselines.vgg_lstm import VGG11LSTM


def build(classes=3):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return VGG11LSTM(classes).eval()


def test_the_trunk_has_the_layers_and_names_of_torchvision():
    with torch.device("meta"):
        ours, theirs = VGG11LSTM(7).features, vgg11_bn().features
    shapes = [{n: tuple(t.shape) for n, t in part.state_dict().items()} for part in (ours, theirs)]
    assert shapes[0] == shapes[1]
    assert [type(layer) for layer in ours] == [type(layer) for layer in theirs]


def test_params_are_trunk_and_three_layers_and_one_classifier():
    with torch.device("meta"):
        network = VGG11LSTM(7)
    lstm = 4 * 256 * (512 + 256 + 2) + 2 * 4 * 256 * (256 + 256 + 2)
    trunk = sum(p.numel() for p in network.features.parameters())
    assert sum(p.numel() for p in network.parameters()) == trunk + lstm + (16 * 256 + 1) * 7


def test_every_step_has_its_own_place_in_the_features():
    network = build()
    video = torch.rand(1, 3, 16, 33, 33)
    changed = video.clone()
    changed[:, :, 10:] = 0
    with torch.no_grad():
        one, other = (network.outputs(v)["features"].view(16, 256) for v in (video, changed))
    torch.testing.assert_close(one[:10], other[:10])
    assert (one[10:] != other[10:]).any(1).all()


def test_features_are_what_the_classifier_sees():
    network = build()
    with torch.no_grad():
        outputs = network.outputs(torch.rand(2, 3, 16, 32, 32))
    assert outputs["features"].shape == (2, 4096)
    torch.testing.assert_close(network.head(outputs["features"]), outputs["logits"])


def test_another_number_of_frames_is_refused():
    said = (
        r"^the video has 17 frames; expected 16, since every step has its own weights in the "
        r"classifier\.$"
    )
    with torch.device("meta"), pytest.raises(ValueError, match=said):
        VGG11LSTM(7)(torch.empty(1, 3, 17, 112, 112))
