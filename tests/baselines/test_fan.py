import pytest
import torch

from baselines.fan import FAN, RELEASED, weight_keys


@pytest.fixture
def network():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return FAN(7).eval()


def frame_features(network, video):
    return network.trunk(video[0].transpose(0, 1))


def test_seven_classes_have_the_published_number_of_params():
    with torch.device("meta"):
        assert sum(p.numel() for p in FAN(7).parameters()) == 11_188_816


def test_features_are_the_mean_of_pairs_weighted_by_alpha_and_beta(network):
    video = torch.rand(1, 3, 3, 32, 32)
    frames = frame_features(network, video)
    alpha = network.alpha(frames)
    anchor = (alpha * frames).sum(0) / alpha.sum()
    pairs = torch.cat([frames, anchor.expand(3, 512)], dim=1)
    beta = network.beta(pairs)
    expected = (alpha * beta * pairs).sum(0) / (alpha * beta).sum()
    features = network.outputs(video)["features"]
    torch.testing.assert_close(features[0], expected)
    torch.testing.assert_close(features[0, 512:], anchor)


def test_one_frame_repeated_counts_once(network):
    frame = torch.rand(1, 3, 1, 32, 32)
    torch.testing.assert_close(network(frame.expand(1, 3, 9, 32, 32)), network(frame))


def test_the_released_evaluation_inflates_the_features_and_leaves_training_alone(network):
    video = torch.rand(2, 3, 3, 32, 32)
    right = network.outputs(video)["features"]
    network.released_evaluation = True
    released = network.outputs(video)["features"]
    assert (released.norm(dim=1) > right.norm(dim=1)).all()
    network.train()
    for module in network.modules():
        if isinstance(module, torch.nn.Dropout | torch.nn.BatchNorm2d):
            module.eval()
    torch.testing.assert_close(network.outputs(video)["features"], right)


def test_without_the_relation_the_self_attention_answers():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = FAN(7, relation=False).eval()
    video = torch.rand(1, 3, 4, 32, 32)
    frames = frame_features(network, video)
    alpha = network.alpha(frames)
    expected = network.self_head((alpha * frames).sum(0, keepdim=True) / alpha.sum())
    torch.testing.assert_close(network(video), expected)


def released(network):
    """The names that the authors' code gives its layers, with the tensors of a network."""
    back = {ours: theirs for theirs, ours in RELEASED.items()}
    state = {}
    for name, tensor in network.state_dict().items():
        layer, _, leaf = name.rpartition(".")
        state[f"{back[layer]}.{leaf}" if layer in back else name.removeprefix("trunk.")] = tensor
    return state


def test_a_checkpoint_of_the_authors_fills_the_whole_network(network):
    names = released(network)
    assert {"conv1.weight", "alpha.0.bias", "pred_fc1.weight", "pred_fc2.bias"} <= names.keys()
    assert set(weight_keys(names).values()) == set(network.state_dict())


def test_the_classifier_of_a_resnet_has_no_place():
    assert weight_keys(["layer1.0.conv1.weight", "fc.weight", "feature.bias"]) == {
        "layer1.0.conv1.weight": "trunk.layer1.0.conv1.weight"
    }
