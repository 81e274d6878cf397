import pytest
import torch
from torch import nn

from ceflnet.model import CEFLNet


def params(network: nn.Module) -> int:
    return sum(p.numel() for p in network.parameters())


def eval_network(seed: int = 0, **args) -> CEFLNet:
    torch.manual_seed(seed)
    network = CEFLNet(6, **args).eval()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    return network


@pytest.fixture(autouse=True)
def no_gradient_and_own_random_state():
    with torch.random.fork_rng(), torch.no_grad():
        yield


def test_six_classes_have_the_published_number_of_params():
    with torch.device("meta"):
        assert params(CEFLNet(6)) == 12_828_807


def test_the_wider_classifier_has_the_params_of_the_authors_later_code():
    with torch.device("meta"):
        assert params(CEFLNet(7, hidden=(256, 128))) == 12_919_624


def test_one_pass_equals_the_loop_over_frames():
    network = eval_network()
    video = torch.rand(2, 3, 35, 64, 64)
    clips = []
    for n in range(7):
        frames = [network.trunk(video[:, :, n * 5 + t]) for t in range(5)]
        clips.append(network.encoder(torch.stack(frames, dim=1)))
    features, _ = network.activation(torch.stack(clips, dim=1))
    torch.testing.assert_close(network(video), network.head(features), atol=1e-5, rtol=0)


def test_the_order_of_frames_inside_a_clip_does_not_matter():
    network = eval_network()
    video = torch.rand(1, 3, 35, 64, 64)
    order = torch.cat([5 * n + torch.randperm(5) for n in range(7)])
    torch.testing.assert_close(network(video[:, :, order]), network(video), atol=1e-5, rtol=0)


def test_frames_that_change_clips_change_the_answer():
    network = eval_network()
    video = torch.rand(1, 3, 35, 64, 64)
    turned = video.unflatten(2, (7, 5)).transpose(2, 3).flatten(2, 3)
    assert (network(turned) - network(video)).abs().max() > 1e-4


def test_clip_scores_follow_their_clips():
    network = eval_network()
    clips = torch.rand(1, 7, 3, 5, 64, 64)
    order = torch.tensor([3, 0, 6, 1, 5, 2, 4])
    scores = network.outputs(clips.transpose(1, 2).flatten(2, 3))["clip_scores"]
    moved = network.outputs(clips[:, order].transpose(1, 2).flatten(2, 3))["clip_scores"]
    torch.testing.assert_close(moved, scores[:, order])
    assert scores.std() > 0


def test_outputs_carry_logits_features_and_scores_that_sum_to_one():
    outputs = eval_network().outputs(torch.rand(2, 3, 35, 32, 32))
    assert {name: tuple(value.shape) for name, value in outputs.items()} == {
        "logits": (2, 6),
        "features": (2, 512),
        "clip_scores": (2, 7),
    }
    torch.testing.assert_close(outputs["clip_scores"].sum(1), torch.ones(2))


def test_the_parts_without_any_attention_are_a_mean_over_all_frames():
    network = eval_network(sal=False, lrl=False, eian=False)
    video = torch.rand(1, 3, 35, 32, 32)
    outputs = network.outputs(video)
    mean = network.trunk(video[0].transpose(0, 1)).mean(0, keepdim=True)
    torch.testing.assert_close(outputs["features"], mean)
    assert "clip_scores" not in outputs


@pytest.mark.parametrize(
    ("switched_off", "less"),
    [
        ({"sal": False}, 1_050_624 + 1_024),
        ({"lrl": False}, 1_025 + 524_800),
        ({"eian": False}, 512),
    ],
)
def test_a_part_switched_off_takes_its_params_away(switched_off, less):
    with torch.device("meta"):
        assert params(CEFLNet(6)) - params(CEFLNet(6, **switched_off)) == less


@pytest.mark.parametrize(("clips", "frames", "classes"), [(1, 1, 2), (3, 2, 7), (7, 10, 6)])
def test_other_numbers_of_clips_frames_and_classes_work(clips, frames, classes):
    with torch.device("meta"):
        network = CEFLNet(classes, clips=clips, frames=frames).eval()
        outputs = network.outputs(torch.empty(2, 3, clips * frames, 64, 64))
    assert outputs["logits"].shape == (2, classes)
    assert outputs["clip_scores"].shape == (2, clips)


def test_a_video_of_another_length_is_refused():
    with torch.device("meta"), pytest.raises(ValueError) as error:
        CEFLNet(6)(torch.empty(1, 3, 20, 64, 64))
    assert str(error.value) == "the video has 20 frames; expected 7 clips x 5 frames."
