import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from baselines.ial import (
    IAL,
    Attention,
    DynamicStaticFusion,
    GlobalConvolutionAttention,
    weight_keys,
)

SHAPES = {
    "stem": (64, 28, 28),
    "layer1": (64, 28, 28),
    "layer2.attention.glance": (128, 1, 1),
    "layer2.relu": (128, 14, 14),
    "layer3.relu": (256, 7, 7),
}
BATCH_NORM = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")


def batch_norm(layer):
    return [f"{layer}.{leaf}" for leaf in BATCH_NORM]


def residual(block):
    convolutions = [f"{block}.conv1.weight", f"{block}.conv2.weight"]
    return convolutions + batch_norm(f"{block}.bn1") + batch_norm(f"{block}.bn2")


def shortcut(block):
    return [f"{block}.downsample.0.weight", *batch_norm(f"{block}.downsample.1")]


def gca(block):
    layers = ("AUX_fc.0", "AUX_fc.1", "glb", "gc.0", "fc1.0", "fc2.0")
    return [f"{block}.bias1", f"{block}.bias2"] + [f"{block}.{layer}.weight" for layer in layers]


def transformer(layer):
    leaves = ["0.fn.norm.weight", "0.fn.norm.bias", "0.fn.fn.to_qkv.weight"]
    leaves += ["0.fn.fn.to_out.0.weight", "0.fn.fn.to_out.0.bias"]
    leaves += ["1.fn.norm.weight", "1.fn.norm.bias", "1.fn.fn.net.0.weight"]
    leaves += ["1.fn.fn.net.0.bias", "1.fn.fn.net.3.weight", "1.fn.fn.net.3.bias"]
    return [f"{layer}.{leaf}" for leaf in leaves]


def released_names():
    names = ["bias", "pos_embedding_pos", "pos_embedding", "conv1.0.weight", "conv1.3.weight"]
    names += batch_norm("conv1.1") + batch_norm("bn1") + batch_norm("patch_embedding.1")
    for layer in (1, 2, 3):
        names += residual(f"layer{layer}.0") + gca(f"layer{layer}.0")
    for block in ("layer2.0", "layer3.0", "layer4.0"):
        names += shortcut(block)
    for block in range(3):
        names += residual(f"layer4.{block}")
    for layer in range(2):
        names += transformer(f"pos_transformer.layers.{layer}")
        names += transformer(f"temporal_transformer.layers.{layer}")
    names += ["patch_embedding.0.weight"]
    return [f"s_former.{name}" for name in names] + ["fc_f.weight", "fc_f.bias"]


def test_seven_classes_have_the_params_of_the_authors_code():
    with torch.device("meta"):
        assert sum(p.numel() for p in IAL(7).parameters()) == 19_083_527


def test_transformer_layers_run_twice_would_give_the_macs_of_the_authors_code():
    with torch.device("meta"), FlopCounterMode(display=False) as counter:
        network = IAL(7).eval()
        network(torch.empty(1, 3, 16, 112, 112))
    assert counter.get_total_flops() == 2 * 5_624_133_376
    places, steps = 15 * 16, 15
    twice = 2 * places * (256 * 512 + 2 * 256 * 256) + 2 * steps * (4096 * 512 + 2 * 4096 * 512)
    matmuls = counter.get_flop_counts()["Global"][torch.ops.aten.bmm] // 2
    theirs = counter.get_total_flops() // 2 - matmuls + twice
    assert round(theirs / 1e9, 3) == 5.937


@pytest.mark.parametrize(("layer", "shape"), SHAPES.items())
def test_each_stage_has_the_shape_of_the_authors_code(layer, shape):
    seen = []
    with torch.device("meta"):
        network = IAL(7)
        network.get_submodule(layer).register_forward_hook(
            lambda _module, _inputs, output: seen.append(tuple(output.shape))
        )
        outputs = network.outputs(torch.empty(2, 3, 16, 112, 112))
    assert seen[-1] == (32, *shape)
    assert {name: tuple(value.shape) for name, value in outputs.items()} == {
        "logits": (2, 7),
        "features": (2, 4096),
        "aux_logits": (2, 7),
    }


def test_gca_weighs_channels_by_the_frame_and_by_the_video():
    torch.manual_seed(0)
    attention = GlobalConvolutionAttention(32, side=3, frames=4)
    maps = torch.randn(8, 32, 3, 3)
    rescaled, glances = attention(maps)
    whole = (maps * attention.glance.weight[:, 0]).sum((2, 3))  # (8, 32)
    hidden = (whole @ attention.reduce.weight.flatten(1).T).relu()
    own = 2 / (1 + torch.exp(-hidden @ attention.expand.weight.flatten(1).T))
    for frame in range(8):
        video = slice(0, 4) if frame < 4 else slice(4, 8)
        weights = torch.sqrt(own[frame] * own[video].mean(0) + 1e-5)
        torch.testing.assert_close(rescaled[frame], maps[frame] * weights[:, None, None])
    torch.testing.assert_close(glances, torch.stack([whole[:4].mean(0), whole[4:].mean(0)]))


def test_attention_is_that_of_each_head_by_itself():
    torch.manual_seed(0)
    attention = Attention(24, heads=2, head_dim=5)
    tokens = torch.randn(3, 7, 24)
    query, key, value = (tokens @ part.T for part in attention.qkv.weight.chunk(3))
    heads = []
    for head in (slice(0, 5), slice(5, 10)):
        scores = query[..., head] @ key[..., head].transpose(1, 2) / 5**0.5
        heads.append(scores.softmax(2) @ value[..., head])
    torch.testing.assert_close(attention(tokens), attention.out(torch.cat(heads, dim=2)))


def test_a_step_is_a_change_between_frames_and_what_the_former_shows():
    torch.manual_seed(0)
    fusion = DynamicStaticFusion(256, frames=3).eval()
    maps = torch.randn(6, 256, 7, 7)
    steps = fusion(maps)
    for step, former in enumerate((0, 1, 3, 4)):
        change = fusion.dynamic(maps[former + 1 : former + 2] - maps[former : former + 1])
        places = fusion.static(maps[former : former + 1])[0].flatten(1).T + fusion.position
        expected = change + fusion.transformer(places).transpose(1, 2).reshape(1, 256, 4, 4)
        torch.testing.assert_close(steps[step : step + 1], expected, rtol=1e-4, atol=1e-4)


def test_an_unused_parameter_is_a_leftover_or_the_head_that_weighs_nothing():
    with torch.device("meta"):
        network = IAL(5)
        outputs = network.outputs(torch.empty(2, 3, 16, 112, 112))
        (outputs["logits"].sum() + outputs["aux_logits"].sum()).backward()
    silent = {name for name, p in network.named_parameters() if p.grad is None}
    assert {name.split(".")[0] for name in silent} == {"leftovers", "layer3"}
    assert sum(name.startswith("layer3.auxiliary.") for name in silent) == 2
    assert sum(p.numel() for p in network.leftovers.values()) == 146_752 - 2 * 128


def test_another_number_of_frames_is_refused():
    with pytest.raises(ValueError, match=r"^the video has 15 frames; expected 16\.$"):
        IAL(7)(torch.empty(1, 3, 15, 112, 112))


def test_a_checkpoint_of_the_authors_fills_the_whole_network():
    names = released_names()
    mapped = weight_keys([*names, "optimizer.lr"])
    assert list(mapped) == names
    with torch.device("meta"):
        assert sorted(mapped.values()) == sorted(IAL(7).state_dict())
    assert mapped["s_former.layer2.0.AUX_fc.1.weight"] == "layer2.auxiliary.1.weight"
    assert mapped["s_former.pos_embedding"] == "position"
