import pytest
import torch
from torchvision.models import vgg16

from baselines.vgg16_tp_sa import VGG16TPSA, SpatialAttention, trunk_keys


@pytest.fixture
def network():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return VGG16TPSA(5).eval()


def test_the_params_are_the_convolutions_of_vgg16_four_maps_and_a_classifier():
    with torch.device("meta"):
        convolutions = sum(p.numel() for p in vgg16().features.parameters())
        assert convolutions == 14_714_688
        maps, head = 4 * 512, 4 * 512 * 7 + 7
        assert sum(p.numel() for p in VGG16TPSA(7).parameters()) == convolutions + maps + head


def test_the_trunk_is_torchvisions_without_the_last_pooling(network):
    ours = network.trunk.state_dict()
    with torch.device("meta"):
        theirs = vgg16().features[:-1]
    names = trunk_keys(f"features.{name}" for name in theirs.state_dict())
    state = {name.removeprefix("features."): ours[place] for name, place in names.items()}
    theirs.load_state_dict(state, assign=True)
    picture = torch.rand(1, 3, 32, 32)
    torch.testing.assert_close(network.trunk(picture), theirs(picture))


def test_a_frame_of_224_pixels_is_attended_at_14_by_14_positions():
    with torch.device("meta"):
        assert VGG16TPSA(7).trunk(torch.empty(1, 3, 224, 224)).shape == (1, 512, 14, 14)


def test_attended_features_are_means_under_each_map():
    attention = SpatialAttention(2, maps=2)
    with torch.no_grad():
        attention.score.weight.copy_(torch.tensor([[0.0, 0.0], [100.0, 0.0]]).view(2, 2, 1, 1))
    x = torch.tensor([[1.0, 2.0], [8.0, 4.0]]).view(1, 2, 1, 2)  # two channels, two positions
    # the first map sees both positions alike, the second one only the second
    torch.testing.assert_close(attention(x), torch.tensor([[1.5, 6.0, 2.0, 4.0]]))


def test_the_softmax_of_the_logits_sums_a_softmax_over_frames_and_classes(network):
    network.trunk = torch.nn.Identity()
    video = 20 * torch.randn(2, 512, 3, 1, 2)  # far enough apart for sum and mean to differ
    seen = []
    network.head.register_forward_hook(lambda _m, _i, output: seen.append(output))
    outputs = network.outputs(video)
    joint = seen[0].exp() / seen[0].exp().sum((1, 2), keepdim=True)  # (B, T, K)
    torch.testing.assert_close(outputs["logits"].softmax(1), joint.sum(1))
    torch.testing.assert_close(outputs["clip_scores"], joint.sum(2))
    torch.testing.assert_close(outputs["clip_scores"].sum(1), torch.ones(2))


def test_a_frame_without_a_clear_class_hardly_counts(network):
    network.trunk = torch.nn.Identity()
    with torch.no_grad():
        network.head.bias.zero_()
        network.head.weight[1] = -network.head.weight[0]  # one of the two scores is high
    clear = 100 * torch.rand(1, 512, 1, 1, 1)
    video = torch.cat([clear, torch.zeros_like(clear)], dim=2)
    assert network.outputs(video)["clip_scores"][0, 0] > 0.99


def test_every_parameter_gets_a_gradient():
    with torch.device("meta"):
        network = VGG16TPSA(7)
        network(torch.empty(2, 3, 2, 16, 16)).sum().backward()
    assert [name for name, p in network.named_parameters() if p.grad is None] == []


def test_torchvision_names_fit_the_trunk_and_its_classifier_is_left_out():
    with torch.device("meta"):
        names, trunk = vgg16().state_dict(), VGG16TPSA(7).trunk.state_dict()
    mapped = trunk_keys(names)
    assert {mapped[name]: names[name].shape for name in mapped} == {
        name: tensor.shape for name, tensor in trunk.items()
    }
    assert {name.split(".")[0] for name in set(names) - set(mapped)} == {"classifier"}


def test_names_of_face_files_fit_and_their_classifier_is_left_out():
    assert trunk_keys(["conv5_3.weight", "conv5_3.bias", "fc6.weight", "fc8.bias"]) == {
        "conv5_3.weight": "conv5_3.weight",
        "conv5_3.bias": "conv5_3.bias",
    }
