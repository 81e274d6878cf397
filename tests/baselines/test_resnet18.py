import pytest
import torch
from torchvision.models import resnet18

from baselines.resnet18 import ResNet18, trunk_keys


@pytest.fixture
def network():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return ResNet18(7).eval()


def test_seven_classes_have_the_params_of_resnet18():
    with torch.device("meta"):
        assert sum(p.numel() for p in ResNet18(7).parameters()) == 11_180_103


def test_the_softmax_of_the_logits_is_the_mean_score_of_the_frames(network):
    video = torch.rand(2, 3, 4, 32, 32)
    frames = [network.head(network.trunk(video[:, :, t])).softmax(1) for t in range(4)]
    torch.testing.assert_close(network(video).softmax(1), torch.stack(frames).mean(0))


def test_one_frame_repeated_counts_once(network):
    frame = torch.rand(1, 3, 1, 32, 32)
    torch.testing.assert_close(network(frame.expand(1, 3, 6, 32, 32)), network(frame))


def test_logits_are_log_scores_even_where_a_score_underflows(network):
    with torch.no_grad():
        network.head.bias[2] = 400.0
    assert torch.isfinite(network(torch.rand(1, 3, 2, 32, 32))).all()


def test_torchvision_names_fit_the_trunk_and_its_classifier_is_left_out():
    with torch.device("meta"):
        names, trunk = list(resnet18().state_dict()), set(ResNet18(7).trunk.state_dict())
    mapped = trunk_keys(names)
    assert set(mapped.values()) == trunk
    assert set(names) - set(mapped) == {"fc.weight", "fc.bias"}


def test_the_classifiers_of_face_files_are_left_out():
    names = ["conv1.weight", "fc.weight", "feature.weight", "feature.bias"]
    assert trunk_keys(names) == {"conv1.weight": "conv1.weight"}
