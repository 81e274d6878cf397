import pytest
import torch
from torchvision.models import resnet18

from baselines.dran import DRAN, SpatialAttention, trunk_keys


@pytest.fixture
def network():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return DRAN(7).eval()


def test_the_params_are_resnet18_four_attentions_and_the_classifier():
    trunk, attention, head = 11_176_512, 4 * (2 * 49 + 1), 512 * 256 + 256 + 256 * 7 + 7
    with torch.device("meta"):
        assert sum(p.numel() for p in DRAN(7).parameters()) == trunk + attention + head


def test_the_attention_is_one_weight_for_a_position_from_its_maximum_and_its_mean():
    attention = SpatialAttention()
    with torch.no_grad():
        attention.score[0].weight.zero_()
        attention.score[0].weight[0, :, 3, 3] = torch.tensor([2.0, -1.0])
        attention.score[0].bias.fill_(0.5)
    x = torch.tensor([1.0, 3.0]).view(1, 2, 1, 1).expand(1, 2, 4, 4)
    weight = torch.sigmoid(torch.tensor(2 * 3.0 - 1 * 2.0 + 0.5))
    torch.testing.assert_close(attention(x), weight * x)


def test_each_stage_is_attended_before_the_next(network):
    order = []
    for name in ("layer1", "layer2", "layer3", "layer4"):
        network.trunk.get_submodule(name).register_forward_hook(
            lambda _m, _i, _o, name=name: order.append(name)
        )
    for place, attention in enumerate(network.attention):
        attention.register_forward_hook(lambda _m, _i, _o, place=place: order.append(place))
    network(torch.rand(1, 3, 1, 32, 32))
    assert order == ["layer1", 0, "layer2", 1, "layer3", 2, "layer4", 3]


def test_features_are_the_mean_over_the_frames(network):
    video = torch.rand(1, 3, 3, 33, 33)
    frames = [network.outputs(video[:, :, [t]])["features"] for t in range(3)]
    torch.testing.assert_close(network.outputs(video)["features"], torch.stack(frames).mean(0))


def test_every_parameter_gets_a_gradient():
    with torch.device("meta"):
        network = DRAN(7)
        network(torch.empty(2, 3, 2, 32, 32)).sum().backward()
    assert [name for name, p in network.named_parameters() if p.grad is None] == []


def test_torchvision_names_fit_the_trunk_and_its_classifier_is_left_out():
    with torch.device("meta"):
        names, trunk = list(resnet18().state_dict()), set(DRAN(7).trunk.state_dict())
    mapped = trunk_keys(names)
    assert set(mapped.values()) == trunk
    assert set(names) - set(mapped) == {"fc.weight", "fc.bias"}
