import math

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from baselines.mae_dfer import MAEDFER, Attention, Block, sinusoids, weight_keys

ATTENTION = ("q_bias", "v_bias", "q.weight", "kv.weight", "proj.weight", "proj.bias")
BLOCK = [
    f"{norm}.{leaf}"
    for norm in ("first_attn_norm0", "second_attn_norm0", "third_attn_norm0", "third_attn_norm1")
    for leaf in ("weight", "bias")
]
BLOCK += [f"{n}_attn.{leaf}" for n in ("first", "second", "third") for leaf in ATTENTION]
BLOCK += ["norm2.weight", "norm2.bias"]
BLOCK += ["mlp.fc1.weight", "mlp.fc1.bias", "mlp.fc2.weight", "mlp.fc2.bias"]
HEAD = ["fc_norm.weight", "fc_norm.bias", "head.weight", "head.bias"]


def encoder():
    names = ["lg_region_tokens", "patch_embed.proj.weight", "patch_embed.proj.bias"]
    return names + [f"blocks.{block}.{leaf}" for block in range(16) for leaf in BLOCK]


def names_of_the_network():
    with torch.device("meta"):
        return sorted(MAEDFER(7).state_dict())


def small(depth=2):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return MAEDFER(3, dim=32, depth=depth, heads=4)


def test_seven_classes_have_the_params_of_the_authors_code():
    with torch.device("meta"):
        assert sum(p.numel() for p in MAEDFER(7).parameters()) == 84_878_343


def test_160_pixels_take_the_published_macs():
    with torch.device("meta"), FlopCounterMode(display=False) as counter:
        MAEDFER(7).eval()(torch.empty(1, 3, 16, 160, 160))
    assert round(counter.get_total_flops() / 2e9) == 50


def test_eight_messengers_go_with_eight_regions_of_a_hundred_patches():
    seen = []
    with torch.device("meta"):
        network = MAEDFER(7)
        network.blocks[0].local.register_forward_pre_hook(
            lambda _module, inputs: seen.append(tuple(inputs[0].shape))
        )
        outputs = network.outputs(torch.empty(2, 3, 16, 160, 160))
    assert seen == [(16, 101, 512)]
    assert outputs["features"].shape == (2, 512)
    assert outputs["logits"].shape == (2, 7)


def test_patches_have_their_positions():
    network = small().eval()
    video = torch.rand(1, 3, 16, 32, 48)
    patch = video[0, :, 6:8, 16:32, 32:48]
    token = (network.embedding.weight * patch).sum((1, 2, 3, 4)) + network.embedding.bias
    expected = token + sinusoids(8 * 6, 32)[3 * 6 + 5]
    torch.testing.assert_close(network.embed(video)[0, 3, 1, 2], expected, rtol=1e-4, atol=1e-5)


def test_a_region_is_two_time_steps_of_the_upper_or_the_lower_half():
    places = torch.arange(8 * 4 * 3).reshape(1, 8, 4, 3, 1)
    regions = small().split(places).reshape(8, 12)
    for region in range(8):
        first, half = 2 * (region // 2), 2 * (region % 2)
        expected = places[0, first : first + 2, half : half + 2].flatten()
        assert regions[region].tolist() == expected.tolist()


def test_a_layer_attends_within_among_messengers_and_back():
    torch.manual_seed(0)
    block = Block(16, heads=2, drop_path=0.0)
    messengers, patches = torch.randn(2, 8, 16), torch.randn(2, 8 * 3, 16)
    heard, told = block(messengers, patches)
    for video in range(2):
        inside = []
        for region in range(8):
            own = patches[video, 3 * region : 3 * region + 3]
            tokens = torch.cat([messengers[video, region : region + 1], own])[None]
            normed = block.local_norm(tokens)
            inside.append(tokens + block.local(normed, normed))
        leading = torch.cat([tokens[:, :1] for tokens in inside], dim=1)
        normed = block.exchange_norm(leading)
        leading = leading + block.exchange(normed, normed)
        rest = torch.cat([tokens[:, 1:] for tokens in inside], dim=1)
        rest = rest + block.cross(block.cross_norm(rest), block.context_norm(leading))
        leading, rest = (x + block.mlp(block.mlp_norm(x)) for x in (leading, rest))
        torch.testing.assert_close(heard[video], leading[0])
        torch.testing.assert_close(told[video], rest[0])


def test_attention_is_that_of_each_head_with_two_biases():
    torch.manual_seed(0)
    attention = Attention(8, heads=2)
    torch.nn.init.normal_(attention.v_bias)
    tokens, context = torch.randn(2, 5, 8), torch.randn(2, 3, 8)
    query = tokens @ attention.q.weight.T + attention.q.bias
    key, value = (context @ part.T for part in attention.kv.weight.chunk(2))
    value = value + attention.v_bias
    heads = []
    for head in (slice(0, 4), slice(4, 8)):
        scores = query[..., head] @ key[..., head].transpose(1, 2) / 2
        heads.append(scores.softmax(2) @ value[..., head])
    expected = attention.out(torch.cat(heads, dim=2))
    torch.testing.assert_close(attention(tokens, context), expected)


def test_positions_are_sines_and_cosines_of_falling_frequency():
    codes = sinusoids(50, 6)
    torch.testing.assert_close(codes[0], torch.tensor([0.0, 1, 0, 1, 0, 1]))
    angle = 37 / 10000 ** (4 / 6)
    assert codes[37, 4].item() == pytest.approx(math.sin(angle), abs=1e-6)
    assert codes[37, 5].item() == pytest.approx(math.cos(angle), abs=1e-6)


def test_an_odd_size_is_seen_in_whole_patches():
    network = small().eval()
    video = torch.rand(1, 3, 16, 33, 47)
    torch.testing.assert_close(network(video), network(video[..., :32, :32]))


def test_only_messengers_are_classified_so_the_last_news_to_patches_teach_nothing():
    network = small().eval()  # no depth is dropped
    network(torch.rand(2, 3, 16, 32, 32))[:, 0].sum().backward()
    silent = {name for name, p in network.named_parameters() if p.grad is None}
    last = {name for name, _ in network.named_parameters() if name.startswith("blocks.1.c")}
    assert silent == last
    assert {name.split(".")[2] for name in last} == {"cross", "cross_norm", "context_norm"}
    assert all(p.grad.any() for name, p in network.named_parameters() if name not in silent)


def test_depth_is_dropped_at_random_in_training_only():
    network = small(depth=6)
    rates = [block.drop_path.p for block in network.blocks]
    assert rates == pytest.approx([0, 0.02, 0.04, 0.06, 0.08, 0.1])
    block = network.blocks[5]
    block.drop_path.p = 1.0
    messengers, patches = torch.randn(2, 8, 32), torch.randn(2, 16, 32)
    torch.testing.assert_close(block(messengers, patches), (messengers, patches))
    assert not torch.allclose(block.eval()(messengers, patches)[0], messengers)


def test_layers_stand_between_what_embeds_and_the_head():
    with torch.device("meta"):
        parts = list(dict.fromkeys(n.split(".")[0] for n, _ in MAEDFER(7).named_parameters()))
    assert parts == ["messengers", "embedding", "blocks", "norm", "head"]


def test_another_number_of_frames_is_refused():
    with pytest.raises(ValueError, match=r"^the video has 8 frames; expected 16\.$"):
        small()(torch.empty(1, 3, 8, 32, 32))


@pytest.mark.parametrize(("height", "width", "patches"), [(48, 64, "3 x 4"), (192, 160, "12 x 10")])
def test_pictures_that_cannot_be_halved_or_are_too_large_are_refused(height, width, patches):
    message = (
        rf"^the pictures have {patches} patches of 16 pixels; "
        r"expected an even number of rows and at most 10 x 10 patches\.$"
    )
    with pytest.raises(ValueError, match=message):
        small()(torch.empty(1, 3, 16, height, width))


def test_a_fine_tuned_file_fills_the_whole_network():
    names = encoder() + HEAD
    mapped = weight_keys(names)
    assert list(mapped) == names
    assert sorted(mapped.values()) == names_of_the_network()


def test_a_pretrained_file_fills_all_but_the_last_norm_and_the_head():
    names = [f"encoder.{name}" for name in encoder()]
    others = ["encoder.norm.weight", "encoder.norm.bias", "mask_token"]
    others += ["encoder_to_decoder.weight", "decoder.norm.weight", "decoder.head.bias"]
    others += ["decoder.blocks.0.norm2.weight", "decoder.blocks.3.attn.q_bias"]
    mapped = weight_keys(names + others)
    assert list(mapped) == names
    missing = set(names_of_the_network()) - set(mapped.values())
    assert missing == {"norm.weight", "norm.bias", "head.weight", "head.bias"}
