import pytest
import torch
from torchvision.models import resnet18

from baselines.lstpnet import Block, LSTPNet, NeighbourMLP, TemporalChannelExcitation, weight_keys
from bench.measurement.complexity import count

STAGES = {
    "trunk.layer1": (16, 64, 56, 56),
    "trunk.layer2": (16, 128, 28, 28),
    "trunk.layer3": (16, 256, 14, 14),
    "excite": (16, 512, 7, 7),
    "former": (1, 16, 512),
}


def on_meta():
    with torch.device("meta"):
        return LSTPNet(7)


def params(module):
    return sum(p.numel() for p in module.parameters())


def shapes(module):
    return {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}


def resnet_shapes():
    with torch.device("meta"):
        return shapes(resnet18())


def layer(name, *weight, bias=True):
    return {f"{name}.weight": weight} | ({f"{name}.bias": weight[:1]} if bias else {})


def released_excitation(name, channels):
    kernel, views = (3 if channels == 64 else 5), channels // 8
    return {
        **layer(f"{name}.eca_conv_1.0", views, 1, kernel),
        **layer(f"{name}.action_p2_conv1", channels, channels, 3, bias=False),
        **layer(f"{name}.eca_conv_2.0", 1, views, kernel),
    }


def released_trunk(trunk="s_former.ir_back"):
    names = {f"{trunk}.{name}": s for name, s in resnet_shapes().items() if name[:2] != "fc"}
    biases = {
        f"{name.removesuffix('weight')}bias": shape[:1]
        for name, shape in names.items()
        if len(shape) == 4 and name != f"{trunk}.conv1.weight"
    }
    for stage, channels in ((2, (64, 128)), (3, (128, 256)), (4, (256, 512))):
        for block in (0, 1):
            names |= released_excitation(f"{trunk}.layer{stage}.{block}.eca", channels[block])
    return names | biases


def released_former(former="t_former.spatial_transformer"):
    names = {}
    for near, norm in (("TC", "norm"), ("layers.0.0", "layers.0.1"), ("layers.1.0", "layers.1.1")):
        names |= layer(f"{former}.{near}", 512, 512, 3) | layer(f"{former}.{norm}", 512)
    for i in (0, 1):
        attention, mlp = f"{former}.layers.{i}.2.fn", f"{former}.layers.{i}.3.fn"
        names |= {
            **layer(f"{attention}.norm", 512),
            **layer(f"{attention}.fn.to_qkv", 1536, 512, bias=False),
            **layer(f"{attention}.fn.to_out.0", 512, 512),
            **layer(f"{mlp}.norm", 512),
            **layer(f"{mlp}.fn.linear1.0", 4096, 512),
            **layer(f"{mlp}.fn.linear1.2", 4096),
            **layer(f"{mlp}.fn.TC", 4096, 1, 3),
            **layer(f"{mlp}.fn.norm", 4096),
            **layer(f"{mlp}.fn.linear2.0", 512, 4096),
            **layer(f"{mlp}.fn.linear2.1", 512),
        }
    return names


def released_shapes():
    """Name -> shape of every tensor of the authors' network, from its description."""
    last = released_excitation("s_former.eca", 512)
    return released_trunk() | last | released_former() | layer("fc", 7, 512)


def test_the_network_has_the_published_cost():
    counted = count(lambda: LSTPNet(7), (3, 16, 224, 224), 7)
    assert counted.complexity.params == 24_619_686
    products_of_attention = 2 * 2 * 16**2 * 512
    assert counted.complexity.macs - products_of_attention == 32_915_295_744
    assert counted.uncounted == ()


@pytest.mark.parametrize(
    ("channels", "expected"), [(64, 12_345), (128, 49_329), (256, 196_961), (512, 787_137)]
)
def test_the_excitation_has_the_published_number_of_params(channels, expected):
    with torch.device("meta"):
        assert params(TemporalChannelExcitation(channels, 16)) == expected


def test_each_stage_has_the_shape_of_the_paper():
    network, seen = on_meta(), {}
    for name in STAGES:
        network.get_submodule(name).register_forward_hook(
            lambda _m, _i, output, name=name: seen.update({name: tuple(output.shape)})
        )
    network(torch.empty(1, 3, 16, 224, 224, device="meta"))
    assert seen == STAGES


@torch.no_grad()
def test_the_excitation_weighs_a_channel_by_its_course_over_the_frames_of_its_own_video():
    torch.manual_seed(0)
    excite, maps = TemporalChannelExcitation(64, 3), torch.rand(6, 64, 2, 2)

    def scores(channels):  # of one video, (3, 64), frame by frame
        views = [excite.widen(frame[None]) for frame in channels]  # (8, 64) each
        empty = torch.zeros_like(views[0])
        before, now, after = (w.squeeze(2) for w in excite.along_time.weight.split(1, dim=2))
        padded = [empty, *views, empty]
        moved = [
            padded[t] @ before.T + padded[t + 1] @ now.T + padded[t + 2] @ after.T for t in range(3)
        ]
        return torch.cat([excite.narrow(view.relu()) for view in moved])

    for video in (slice(0, 3), slice(3, 6)):
        own = maps[video]
        weights = 2 * (scores(own.amax((2, 3))) + scores(own.mean((2, 3)))).sigmoid()
        torch.testing.assert_close(excite(maps)[video], own * weights[:, :, None, None])


@torch.no_grad()
def test_the_residual_goes_past_the_excitation_unless_it_is_shrunk():
    torch.manual_seed(0)
    same, shrunk = (Block(64, width, 2, excite=True).eval() for width in (64, 128))
    for block in (same, shrunk):
        block.bn2.weight.zero_()  # nothing but the residual is left
    maps = torch.rand(4, 64, 8, 8)
    torch.testing.assert_close(same(maps), maps)
    excited = shrunk.downsample(shrunk.excite(maps))
    torch.testing.assert_close(shrunk(maps), excited.relu())


@torch.no_grad()
def test_the_hidden_units_of_the_mlp_see_the_neighbouring_frames_and_no_others():
    torch.manual_seed(0)
    mlp, frames = NeighbourMLP(8, 16), torch.rand(1, 6, 8)
    other = frames.clone()
    other[0, 3] += 1
    changed = (mlp(other) - mlp(frames)).abs().amax(2)[0] > 1e-6
    assert changed.tolist() == [False, False, True, True, True, False]


def test_all_layers_share_one_convolution_and_norm():
    network = on_meta()
    one = sum(params(module) for module in (network.former.near, network.former.norm))
    assert params(network.former) == one + 2 * params(network.former.layers[0])


@torch.no_grad()
def test_a_video_is_answered_alike_alone_and_beside_another():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network, video = LSTPNet(7).eval(), torch.rand(2, 3, 16, 32, 32)
    outputs = network.outputs(video)
    assert outputs["features"].shape == (2, 512)
    torch.testing.assert_close(network(video[1:]), outputs["logits"][1:], atol=1e-5, rtol=0)


def test_every_parameter_gets_a_gradient():
    network = on_meta()
    network(torch.empty(2, 3, 16, 32, 32, device="meta")).sum().backward()
    assert [name for name, p in network.named_parameters() if p.grad is None] == []


def test_another_number_of_frames_is_refused():
    with pytest.raises(ValueError, match=r"^the video has 32 frames; expected 16\.$"):
        on_meta()(torch.empty(1, 3, 32, 32, 32, device="meta"))


def test_a_checkpoint_of_the_authors_fills_the_whole_network():
    theirs, ours = released_shapes(), shapes(on_meta())
    mapped = {place: theirs[name] for name, place in weight_keys(theirs).items()}
    assert mapped == ours


def test_a_plain_resnet_fills_the_trunk_but_for_what_it_does_not_have():
    theirs, ours = resnet_shapes(), shapes(on_meta())
    mapped = {place: theirs[name] for name, place in weight_keys(theirs).items()}
    assert mapped.items() <= ours.items()
    missing = {name for name in ours if name.startswith("trunk.")} - set(mapped)
    biases = {name for name in missing if name.endswith((".conv1.bias", ".conv2.bias", ".0.bias"))}
    assert all(".excite." in name for name in missing - biases)
    assert len(biases) == 19
