import torch

from ceflnet.encoder import ClipEncoder, RelationLearning, SelfAttention


def test_self_attention_has_a_residual_and_a_norm():
    attention = SelfAttention(8).eval()
    torch.nn.init.zeros_(attention.attention.out_proj.weight)
    frames = torch.rand(2, 5, 8)
    torch.testing.assert_close(attention(frames), attention.norm(frames))


def test_relation_learning_pools_the_raw_frames_and_the_summary_by_weight():
    relation = RelationLearning(2).eval()
    relation.score.weight.data = torch.tensor([[1.0, 0.0, 0.0, 0.0]])
    relation.score.bias.data.zero_()
    relation.project.weight.data = torch.eye(2, 4)
    relation.project.bias.data.zero_()
    frames = torch.tensor([[[0.0, 1.0], [2.0, 5.0]]])
    first, second = torch.sigmoid(torch.tensor([0.0, 2.0]))
    expected = (first * frames[:, 0] + second * frames[:, 1]) / (first + second)
    torch.testing.assert_close(relation(frames, torch.rand(1, 2, 2)), expected)


def test_the_summary_is_the_largest_value_of_the_attended_frames():
    relation = RelationLearning(2).eval()
    relation.project.weight.data = torch.tensor([[0.0, 0, 1, 0], [0, 0, 0, 1]])
    relation.project.bias.data.zero_()
    attended = torch.tensor([[[1.0, -3.0], [0.5, -1.0]]])
    torch.testing.assert_close(relation(torch.rand(1, 2, 2), attended), torch.tensor([[1.0, -1.0]]))


def test_a_clip_of_equal_frames_is_encoded_alike_whatever_their_number():
    encoder = ClipEncoder(16).eval()
    frame = torch.rand(1, 1, 16)
    torch.testing.assert_close(encoder(frame.expand(1, 3, 16)), encoder(frame.expand(1, 9, 16)))
