import pytest
import torch

from ceflnet.paper import CEFLNetPaper


@pytest.fixture
def network():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return CEFLNetPaper(6, clips=3, frames=2).eval()


def test_each_logit_is_read_from_the_feature_of_its_own_class(network):
    video = torch.rand(1, 3, 6, 32, 32)
    before = network(video)
    with torch.no_grad():
        network.w.weight[4] += 5.0
    changed = (network(video) - before).abs()[0] > 1e-6
    assert changed.nonzero().flatten().tolist() == [4]


def test_clip_scores_and_features_are_those_of_the_predicted_class(network):
    video = torch.rand(2, 3, 6, 32, 32)
    with torch.no_grad():
        network.q2.bias[3] = 100.0
        outputs = network.outputs(video)
        frames = network.trunk(video.transpose(1, 2).flatten(0, 1)).unflatten(0, (-1, 2))
        clips = network.encode(frames).unflatten(0, (-1, 3))
        scores = torch.softmax(clips @ network.w.weight[3, :, 0], dim=1)
    torch.testing.assert_close(outputs["clip_scores"], scores)
    torch.testing.assert_close(outputs["features"], (scores.unsqueeze(2) * clips).amax(1))


def test_the_order_of_frames_inside_a_clip_does_not_matter(network):
    video = torch.rand(1, 3, 6, 32, 32)
    order = [1, 0, 3, 2, 5, 4]
    torch.testing.assert_close(network(video[:, :, order]), network(video), atol=1e-5, rtol=0)


def test_a_video_of_another_length_is_refused(network):
    with pytest.raises(ValueError) as error:
        network(torch.rand(1, 3, 5, 32, 32))
    assert str(error.value) == "the video has 5 frames; expected 3 clips x 2 frames."
