import pytest
import torch
from torchvision.models import resnet18

from baselines.former_dfer import FormerDFER, TransformerLayer, weight_keys
from bench.measurement.complexity import count

STAGES = {
    "trunk.maxpool": (16, 64, 28, 28),
    "trunk.layer3": (16, 256, 7, 7),
    "spatial": (16, 256, 7, 7),
    "trunk.layer4": (16, 512, 4, 4),
    "temporal": (1, 512),
}


@pytest.fixture(scope="module")
def network():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return FormerDFER(7).eval()


def on_meta():
    with torch.device("meta"):
        return FormerDFER(7)


def shapes(module):
    return {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}


def resnet_shapes():
    with torch.device("meta"):
        return shapes(resnet18())


def released_shapes():
    """Name -> shape of every tensor of the authors' network, from its description."""
    names = {f"s_former.{name}": s for name, s in resnet_shapes().items() if name[:2] != "fc"}
    names["s_former.pos_embedding"] = (1, 49, 256)
    names["t_former.cls_token"] = (1, 1, 512)
    names["t_former.pos_embedding"] = (1, 17, 512)
    places = [("s_former", 0, 256, 512), *(("t_former", i, 512, 1024) for i in range(3))]
    for former, i, dim, hidden in places:
        layer = f"{former}.spatial_transformer.layers.{i}"
        for part in ("0", "1"):
            names[f"{layer}.{part}.fn.norm.weight"] = (dim,)
            names[f"{layer}.{part}.fn.norm.bias"] = (dim,)
        names[f"{layer}.0.fn.fn.to_qkv.weight"] = (3 * dim, dim)
        for leaf, outputs, inputs in (
            ("0.fn.fn.to_out.0", dim, dim),
            ("1.fn.fn.net.0", hidden, dim),
            ("1.fn.fn.net.3", dim, hidden),
        ):
            names[f"{layer}.{leaf}.weight"] = (outputs, inputs)
            names[f"{layer}.{leaf}.bias"] = (outputs,)
    names["fc.weight"] = (7, 512)
    names["fc.bias"] = (7,)
    return names


def test_the_network_has_the_published_cost():
    counted = count(lambda: FormerDFER(7), (3, 16, 112, 112), 7)
    assert counted.complexity.params == 18_031_943
    products_of_attention = 16 * 2 * 49**2 * 256 + 3 * 2 * 17**2 * 512
    assert counted.complexity.macs - products_of_attention == 8_275_561_984
    assert counted.uncounted == ()


def test_each_stage_has_the_shape_of_the_paper():
    network, seen = on_meta(), {}
    for name in STAGES:
        network.get_submodule(name).register_forward_hook(
            lambda _m, _i, output, name=name: seen.update({name: tuple(output.shape)})
        )
    network(torch.empty(1, 3, 16, 112, 112, device="meta"))
    assert seen == STAGES


def test_a_layer_is_attention_and_mlp_beside_residuals():
    torch.manual_seed(0)
    layer, tokens = TransformerLayer(64, heads=8, hidden=16), torch.rand(2, 5, 64)
    normed = layer.norm1(tokens)
    q, k, v = (normed @ layer.attention.in_proj_weight.T).view(2, 5, 3, 8, 8).unbind(2)
    weights = (torch.einsum("bihd,bjhd->bhij", q, k) / 8**0.5).softmax(3)
    heads = torch.einsum("bhij,bjhd->bihd", weights, v).flatten(2)
    attended = tokens + layer.attention.out_proj(heads)
    expected = attended + layer.mlp(layer.norm2(attended))
    torch.testing.assert_close(layer(tokens), expected)


def test_evaluation_with_and_without_gradients_gives_one_answer(network):
    video = torch.rand(1, 3, 16, 32, 32)
    with torch.no_grad():
        plain = network(video)
    torch.testing.assert_close(network(video), plain, atol=1e-5, rtol=0)


@torch.no_grad()
def test_the_order_of_the_frames_counts(network):
    video = torch.rand(1, 3, 16, 32, 32)
    assert (network(video.flip(2)) - network(video)).abs().max() > 1e-3


@torch.no_grad()
def test_the_place_in_a_picture_counts(network):
    maps = torch.rand(1, 256, 7, 7)
    mirrored = network.spatial(maps.flip(3)).flip(3)
    assert (mirrored - network.spatial(maps)).abs().max() > 1e-3


def test_every_parameter_gets_a_gradient():
    network = on_meta()
    network(torch.empty(2, 3, 16, 32, 32, device="meta")).sum().backward()
    assert [name for name, p in network.named_parameters() if p.grad is None] == []


def test_another_number_of_frames_is_refused():
    with pytest.raises(ValueError, match=r"^the video has 8 frames; expected 16\.$"):
        on_meta()(torch.empty(1, 3, 8, 112, 112, device="meta"))


def test_pictures_with_more_places_than_positions_are_refused():
    with pytest.raises(ValueError, match="maps of 8 x 8 places; expected at most 49"):
        on_meta()(torch.empty(1, 3, 16, 113, 113, device="meta"))


def test_a_checkpoint_of_the_authors_fills_the_whole_network():
    theirs, ours = released_shapes(), shapes(on_meta())
    mapped = {place: theirs[name] for name, place in weight_keys(theirs).items()}
    assert mapped == ours


def test_a_plain_resnet_fills_the_trunk_and_leaves_its_classifier_out():
    theirs, ours = resnet_shapes(), shapes(on_meta())
    mapped = {place: theirs[name] for name, place in weight_keys(theirs).items()}
    assert mapped == {name: shape for name, shape in ours.items() if name.startswith("trunk.")}
