import re

import pytest
import torch
from torchvision.models import densenet161

from baselines.densenet161_stat import DenseNet161Stat, trunk_keys


@pytest.fixture(scope="module")
def network():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return DenseNet161Stat(5).eval()


def test_the_params_are_the_convolutions_of_densenet161_and_a_classifier():
    with torch.device("meta"):
        convolutions = sum(p.numel() for p in densenet161().features.parameters())
        total = sum(p.numel() for p in DenseNet161Stat(7).parameters())
    assert convolutions == 26_472_000
    assert total == convolutions + 3 * 2208 * 7 + 7


def test_features_are_mean_maximum_and_deviation_over_the_frames(network):
    video = torch.rand(1, 3, 3, 33, 33)
    with torch.no_grad():
        frames = network.trunk(video[0].transpose(0, 1))
        mean, most, deviation = network.outputs(video)["features"][0].split(2208)
    torch.testing.assert_close(mean, frames.sum(0) / 3)
    torch.testing.assert_close(most, frames.sort(dim=0).values[-1])
    torch.testing.assert_close(deviation, ((frames - mean) ** 2).mean(0).sqrt())


def test_a_single_frame_deviates_by_nothing_and_its_gradient_is_finite(network):
    video = torch.rand(1, 3, 1, 29, 29, requires_grad=True)
    outputs = network.outputs(video)
    assert (outputs["features"][0, 2 * 2208 :] == 0).all()
    (gradient,) = torch.autograd.grad(outputs["logits"].sum(), video)
    assert gradient.isfinite().all()


def test_every_parameter_gets_a_gradient():
    with torch.device("meta"):
        network = DenseNet161Stat(7)
        network(torch.empty(2, 3, 2, 29, 29)).sum().backward()
    assert [name for name, p in network.named_parameters() if p.grad is None] == []


@pytest.mark.parametrize("spelling", [r"\1", r"\1."])
def test_both_spellings_of_torchvisions_names_fit_the_trunk(spelling):
    with torch.device("meta"):
        own, trunk = densenet161().state_dict(), DenseNet161Stat(7).trunk.state_dict()
    names = [re.sub(r"(denselayer\d+\.(?:norm|conv))(?=[12])", spelling, name) for name in own]
    mapped = trunk_keys(names)
    assert set(mapped.values()) == set(trunk)
    assert set(names) - set(mapped) == {"classifier.weight", "classifier.bias"}


def test_the_older_spelling_is_that_of_the_published_file():
    old = "features.denseblock1.denselayer12.norm.1.weight"
    assert trunk_keys([old])[old] == "features.denseblock1.denselayer12.norm1.weight"
