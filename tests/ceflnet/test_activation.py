import torch

from ceflnet.activation import EIAN


def test_the_clip_along_the_learned_direction_is_located():
    activation = EIAN(4)
    clips = torch.rand(1, 7, 4)
    clips[0, 5] += 10 * activation.score.weight[0, :, 0].sign()
    _, scores = activation(clips)
    assert scores.argmax(1).item() == 5


def test_the_video_is_the_largest_weighted_clip_in_each_dimension():
    activation = EIAN(1)
    activation.score.weight.data = torch.tensor([[[1.0]]])
    clips = torch.tensor([[[0.0], [2.0]]])
    weight = torch.softmax(torch.tensor([0.0, 2.0]), 0)[1]
    video, _ = activation(clips)
    torch.testing.assert_close(video, (2 * weight).reshape(1, 1))
