import math

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from baselines.videomae import Attention, VideoMAE, sinusoids, weight_keys

BLOCK = ("norm1.weight", "norm1.bias", "attn.q_bias", "attn.v_bias", "attn.qkv.weight")
BLOCK += ("attn.proj.weight", "attn.proj.bias", "norm2.weight", "norm2.bias")
BLOCK += ("mlp.fc1.weight", "mlp.fc1.bias", "mlp.fc2.weight", "mlp.fc2.bias")
HEAD = ["fc_norm.weight", "fc_norm.bias", "head.weight", "head.bias"]


def layers(depth):
    return [f"blocks.{block}.{leaf}" for block in range(depth) for leaf in BLOCK]


def encoder():
    return ["patch_embed.proj.weight", "patch_embed.proj.bias", *layers(12)]


def names_of_the_network():
    with torch.device("meta"):
        return sorted(VideoMAE(7).state_dict())


def small(depth=2):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return VideoMAE(3, dim=32, depth=depth, heads=4)


def test_seven_classes_have_the_params_of_vit_b():
    with torch.device("meta"):
        assert sum(p.numel() for p in VideoMAE(7).parameters()) == 86_232_583


def test_160_pixels_take_the_published_macs():
    with torch.device("meta"), FlopCounterMode(display=False) as counter:
        VideoMAE(7).eval()(torch.empty(1, 3, 16, 160, 160))
    assert round(counter.get_total_flops() / 2e9) == 81


def test_a_video_becomes_eight_times_ten_times_ten_tokens():
    seen = []
    with torch.device("meta"):
        network = VideoMAE(7)
        network.blocks[11].register_forward_hook(
            lambda _module, _inputs, output: seen.append(tuple(output.shape))
        )
        outputs = network.outputs(torch.empty(2, 3, 16, 160, 160))
    assert seen == [(2, 800, 768)]
    assert outputs["features"].shape == (2, 768)
    assert outputs["logits"].shape == (2, 7)


def test_positions_are_sines_and_cosines_of_falling_frequency():
    codes = sinusoids(50, 6)
    assert codes.shape == (50, 6)
    torch.testing.assert_close(codes[0], torch.tensor([0.0, 1, 0, 1, 0, 1]))
    angle = 37 / 10000 ** (4 / 6)
    assert codes[37, 4].item() == pytest.approx(math.sin(angle), abs=1e-6)
    assert codes[37, 5].item() == pytest.approx(math.cos(angle), abs=1e-6)


def test_the_first_block_is_given_patches_with_their_positions():
    network, seen = small().eval(), []
    network.blocks[0].register_forward_pre_hook(lambda _module, inputs: seen.append(inputs[0]))
    video = torch.rand(1, 3, 16, 32, 48)
    network(video)
    patch = video[0, :, 6:8, 16:32, 32:48]  # the last of six of the fourth pair of frames
    token = (network.embedding.weight * patch).sum((1, 2, 3, 4)) + network.embedding.bias
    expected = token + sinusoids(8 * 6, 32)[3 * 6 + 5]
    torch.testing.assert_close(seen[0][0, 3 * 6 + 5], expected, rtol=1e-4, atol=1e-5)


def test_attention_is_that_of_each_head_with_two_biases():
    torch.manual_seed(0)
    attention = Attention(8, heads=2)
    torch.nn.init.normal_(attention.q_bias)
    torch.nn.init.normal_(attention.v_bias)
    tokens = torch.randn(2, 5, 8)
    query, key, value = (tokens @ part.T for part in attention.qkv.weight.chunk(3))
    query, value = query + attention.q_bias, value + attention.v_bias
    heads = []
    for head in (slice(0, 4), slice(4, 8)):
        scores = query[..., head] @ key[..., head].transpose(1, 2) / 2
        heads.append(scores.softmax(2) @ value[..., head])
    torch.testing.assert_close(attention(tokens), attention.out(torch.cat(heads, dim=2)))


def test_an_odd_size_is_seen_in_whole_patches():
    network = small().eval()
    video = torch.rand(1, 3, 16, 33, 47)
    torch.testing.assert_close(network(video), network(video[..., :32, :32]))


def test_depth_is_dropped_at_random_in_training_only():
    network = small(depth=6)
    rates = [block.drop_path.p for block in network.blocks]
    assert rates == pytest.approx([0, 0.02, 0.04, 0.06, 0.08, 0.1])
    network.blocks[5].drop_path.p = 1.0
    tokens = torch.randn(2, 4, 32)
    torch.testing.assert_close(network.blocks[5](tokens), tokens)
    network.eval()
    assert not torch.allclose(network.blocks[5](tokens), tokens)


def test_every_parameter_gets_a_gradient():
    network = small().eval()  # no depth is dropped
    network(torch.rand(2, 3, 16, 32, 32))[:, 0].sum().backward()
    assert all(p.grad.any() for p in network.parameters())


def test_layers_stand_between_the_embedding_and_the_head():
    with torch.device("meta"):
        parts = list(dict.fromkeys(n.split(".")[0] for n, _ in VideoMAE(7).named_parameters()))
    assert parts == ["embedding", "blocks", "norm", "head"]


def test_another_number_of_frames_is_refused():
    with pytest.raises(ValueError, match=r"^the video has 8 frames; expected 16\.$"):
        small()(torch.empty(1, 3, 8, 32, 32))


def test_pictures_beyond_the_known_positions_are_refused():
    message = (
        r"^the pictures of 240 x 224 pixels give 1680 patches; "
        r"expected at most 1568, those of 224 x 224 pixels\.$"
    )
    with pytest.raises(ValueError, match=message):
        small()(torch.empty(1, 3, 16, 240, 224))


def test_a_fine_tuned_file_fills_the_whole_network():
    names = encoder() + HEAD
    mapped = weight_keys(names)
    assert list(mapped) == names
    assert sorted(mapped.values()) == names_of_the_network()


def test_a_pretrained_file_fills_all_but_the_last_norm_and_the_head():
    names = [f"encoder.{name}" for name in encoder()]
    others = ["encoder.norm.weight", "encoder.norm.bias", "mask_token"]
    others += ["encoder_to_decoder.weight", "decoder.norm.weight", "decoder.head.bias"]
    others += [f"decoder.{name}" for name in layers(4)]
    mapped = weight_keys(names + others)
    assert list(mapped) == names
    missing = set(names_of_the_network()) - set(mapped.values())
    assert missing == {"norm.weight", "norm.bias", "head.weight", "head.bias"}
