import pytest
import torch
from torch import nn
from torchvision.models import VisionTransformer, vit_b_16

from baselines.s2d import S2D, TemporalAdapter, weight_keys

LAYER = ("norm1", "attn.qkv", "attn.proj", "norm2", "mlp.fc1", "mlp.fc2")
ADAPTER = (
    *("T_Adapter.D_fc1", "T_Adapter.D_fc2", "T_Adapter.attn.qkv", "T_Adapter.attn.proj", "norm"),
    *("S_Adapter.D_fc1", "S_Adapter.D_fc2"),
)
LANDMARKS = ("conv0_0", "conv0_1", "conv1x1")


def leaves(layers):
    without_bias = "T_Adapter.attn.qkv"
    return [
        f"{layer}.{leaf}"
        for layer in layers
        for leaf in (("weight",) if layer.endswith(without_bias) else ("weight", "bias"))
    ]


def timm_names():
    layers = [f"blocks.{n}.{layer}" for n in range(12) for layer in LAYER]
    return ["cls_token", "pos_embed", *leaves(["patch_embed.proj", *layers, "norm", "head"])]


def released_names():
    blocks = [f"blocks.{n}.{layer}" for n in range(12) for layer in LAYER]
    adapters = [f"prompt_blocks.{n}.TMA.{layer}" for n in range(12) for layer in ADAPTER]
    norms = [f"prompt_norms.{n}" for n in range(12)]
    landmarks = [f"prompt_blocks.{n}.{layer}" for n in range(12) for layer in LANDMARKS]
    own = ["patch_embed.proj", *blocks, *adapters, *norms, "ln_post", "head.fc_cls"]
    return [
        *("cls_token", "pos_embed", "temporal_embedding"),
        *leaves([*own, *landmarks, "patch_embed_prompt.proj"]),
        *(f"prompt_blocks.{n}.fovea.smooth" for n in range(12)),
    ]


def shallow(fill):
    """Two layers of the network for two frames, its matrices filled by a function."""
    with torch.device("meta"):
        network = S2D(3, frames=2).eval()
    network.blocks, network.adapters = network.blocks[:2], network.adapters[:2]
    network.norms = network.norms[:1]
    network.to_empty(device="cpu")
    for name, p in network.named_parameters():
        (nn.init.ones_ if p.dim() == 1 and "norm" in name else fill)(p)
    return network


@pytest.fixture(scope="module")
def network():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return shallow(lambda p: nn.init.normal_(p, std=0.02))


def test_the_params_are_those_of_vit_the_adapters_and_their_norms():
    vit, embedding, norms, head = 85_798_656, 16 * 768, 11 * 2 * 768, 768 * 7 + 7
    across_time = (768 * 192 + 192) + (3 * 192 * 192) + (192 * 192 + 192) + (192 * 768 + 768)
    by_itself = (768 * 192 + 192) + (192 * 768 + 768)
    adapters = 12 * (across_time + 2 * 768 + by_itself)
    with torch.device("meta"):
        total = sum(p.numel() for p in S2D(7).parameters())
    assert total == vit + embedding + adapters + norms + head


def test_sixteen_frames_of_196_places_and_a_class_token_pass_each_layer():
    shapes = []
    with torch.device("meta"):
        network = S2D(7)
        for block in network.blocks:
            block.register_forward_hook(lambda _m, _i, output: shapes.append(tuple(output.shape)))
        outputs = network.outputs(torch.empty(2, 3, 16, 224, 224))
    assert shapes == [(32, 197, 768)] * 12
    assert outputs["features"].shape == (2, 768)


def test_an_adapter_looks_along_time_at_one_place_of_one_video():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        adapter = TemporalAdapter(64)
    x = torch.randn(2 * 3, 4, 64)  # two videos of three frames of four places
    changed = x.clone()
    changed[4, 1] += 1  # the second frame of the second video, its second place
    moved = (adapter(changed, 3) - adapter(x, 3)).abs().amax(2) > 0
    assert moved.nonzero().tolist() == [[3, 1], [4, 1], [5, 1]]


def test_without_adapters_each_frame_is_seen_by_a_plain_vit():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        vit = VisionTransformer(224, 16, 2, 12, 768, 3072).eval()
    vit.heads = nn.Identity()
    network = shallow(nn.init.zeros_)
    state, places = vit.state_dict(), weight_keys(vit.state_dict())
    network.load_state_dict({place: state[name] for name, place in places.items()}, strict=False)
    video = torch.randn(1, 3, 2, 224, 224)
    with torch.no_grad():
        features = network.outputs(video)["features"][0]
        expected = vit(video[0].transpose(0, 1)).mean(0)
    torch.testing.assert_close(features, expected, atol=1e-4, rtol=1e-4)


def test_adapters_carry_one_frame_to_another(network):
    video = torch.randn(1, 3, 2, 32, 32)
    seen = []
    hook = network.ln_post.register_forward_hook(lambda _m, _i, output: seen.append(output))
    network(video)
    network(torch.cat([video[:, :, :1], video[:, :, :1]], dim=2))
    hook.remove()
    assert not torch.allclose(seen[0][0], seen[1][0])


def test_the_frames_embedding_tells_their_order(network):
    video = torch.randn(1, 3, 2, 32, 32)
    assert not torch.allclose(network(video), network(video.flip(2)))


def test_an_odd_size_gives_a_place_for_each_whole_patch(network):
    assert network.positions(2, 3).shape == (1, 7, 768)
    assert network(torch.randn(2, 3, 2, 47, 33)).shape == (2, 3)


def test_the_positions_of_224_pixels_are_the_embedding_itself(network):
    assert network.positions(14, 14) is network.pos_embed


def test_another_number_of_frames_is_refused():
    with torch.device("meta"), pytest.raises(ValueError, match=r"^the video has 8 frames; expec"):
        S2D(7)(torch.empty(1, 3, 8, 224, 224))


def test_every_parameter_gets_a_gradient():
    with torch.device("meta"):
        network = S2D(7)
        network(torch.empty(1, 3, 16, 32, 32)).sum().backward()
    assert [name for name, p in network.named_parameters() if p.grad is None] == []


@pytest.mark.slow
def test_no_adapter_is_shut_by_its_first_weights():
    network = S2D(3, frames=2)
    network.outputs(torch.randn(2, 3, 2, 32, 32))["logits"][:, 0].sum().backward()
    silent = [name for name, p in network.adapters.named_parameters() if not p.grad.any()]
    assert silent == []


def test_a_released_checkpoint_fills_the_whole_network_and_landmarks_have_no_place():
    names = released_names()
    mapped = weight_keys(names)
    with torch.device("meta"):
        own = set(S2D(7).state_dict())
    assert own - set(mapped.values()) == set()
    assert set(mapped.values()) - own == set()
    left = {name for name in names if name not in mapped}
    assert {name for name in left if "conv" not in name and "fovea" not in name} == {
        *("patch_embed_prompt.proj.weight", "patch_embed_prompt.proj.bias"),
        *("prompt_norms.11.weight", "prompt_norms.11.bias"),
    }


def test_timms_vit_fills_all_but_adapters_frames_embedding_and_head():
    mapped = weight_keys(timm_names())
    with torch.device("meta"):
        missing = set(S2D(7).state_dict()) - set(mapped.values())
    assert {name.split(".")[0] for name in missing} == {
        *("adapters", "norms", "temporal_embedding", "head")
    }
    assert set(timm_names()) - set(mapped) == {"head.weight", "head.bias"}


def test_torchvisions_vit_fills_the_same_with_the_same_shapes():
    with torch.device("meta"):
        theirs, own = vit_b_16().state_dict(), S2D(7).state_dict()
    mapped = weight_keys(theirs)
    assert set(mapped.values()) == set(weight_keys(timm_names()).values())
    assert {name: theirs[name].shape for name in mapped} == {
        name: own[place].shape for name, place in mapped.items()
    }
    assert set(theirs) - set(mapped) == {"heads.head.weight", "heads.head.bias"}


def test_older_names_of_torchvisions_vit_fit_as_well():
    layer = "encoder.layers.encoder_layer_3.mlp"
    assert weight_keys([f"{layer}.0.bias", f"{layer}.3.bias"]) == {
        f"{layer}.0.bias": "blocks.3.mlp.0.bias",
        f"{layer}.3.bias": "blocks.3.mlp.2.bias",
    }
