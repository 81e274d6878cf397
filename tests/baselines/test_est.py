import math
from itertools import combinations

import pytest
import torch
from torch import nn
from torchvision.models import resnet18

from baselines.est import EST, ORDERS, SnippetEncoder, sinusoids, weight_keys
from bench.measurement.complexity import count


@pytest.fixture(scope="module")
def network():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return EST(7)


@pytest.fixture
def video():
    return torch.rand(2, 3, 35, 32, 32)


def on_meta(**args):
    with torch.device("meta"):
        return EST(7, **args)


def without_chance(network):
    """In training, but for what is random or depends on the batch in every layer."""
    network.train()
    for module in network.modules():
        if isinstance(module, nn.Dropout | nn.BatchNorm1d | nn.BatchNorm2d | nn.MultiheadAttention):
            module.eval()
    return network


def shapes(module):
    return {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}


def resnet_shapes():
    with torch.device("meta"):
        return shapes(resnet18())


def released_shapes(layers=3):
    """Name -> shape of every tensor of the authors' network, from its description."""
    with torch.device("meta"):
        order_head = nn.Sequential(
            *(nn.Linear(3584, 2048), nn.BatchNorm1d(2048), nn.ReLU()),
            *(nn.Linear(2048, 512), nn.BatchNorm1d(512), nn.ReLU()),
            nn.Linear(512, 10),
        )
        head = nn.Sequential(
            *(nn.Linear(512, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Dropout()),
            nn.Sequential(nn.Linear(64, 7)),
        )
        parts = {
            "attn": nn.MultiheadAttention(512, 4),
            "norm1": nn.LayerNorm(512),
            "transformer": nn.Transformer(512, 4, layers, layers, 2048, batch_first=True),
            "query_embed": nn.Embedding(1, 512),
            "pos_enc": nn.ModuleDict({"pos_enc": nn.Embedding(7, 512)}),
            "per_branch": nn.ModuleDict({"classifier": order_head}),
            "classifier": head,
        }
    trunk = {name: shape for name, shape in resnet_shapes().items() if name[:2] != "fc"}
    return trunk | shapes(nn.ModuleDict(parts))


@pytest.mark.parametrize(("layers", "params"), [(3, 42_779_345), (4, 50_135_761)])
def test_seven_classes_have_the_published_number_of_params(layers, params):
    assert sum(p.numel() for p in on_meta(layers=layers).parameters()) == params


def test_the_network_has_the_published_macs():
    counted = count(lambda: EST(7), (3, 35, 224, 224), 7)
    products_of_attention = 7 * 2 * 5**2 * 512 + 3 * 2 * 7**2 * 512 + 3 * 2 * (1 + 7) * 512
    assert counted.complexity.macs - products_of_attention == 63_599_501_760
    assert counted.uncounted == ()


def test_any_two_orders_and_the_true_one_agree_in_one_place_at_most():
    assert len(ORDERS) == 10
    for one, other in combinations([*ORDERS, tuple(range(7))], 2):
        assert sorted(one) == list(range(7))
        assert sum(a == b for a, b in zip(one, other, strict=True)) <= 1


def test_positions_are_sines_and_cosines_in_turn():
    positions = sinusoids(7, 512)
    assert positions[3, 4].item() == pytest.approx(math.sin(3 / 10_000 ** (4 / 512)))
    assert positions[3, 5].item() == pytest.approx(math.cos(3 / 10_000 ** (4 / 512)))
    assert positions[0].tolist() == [0, 1] * 256


def test_a_snippet_is_the_mean_of_its_frames_weighted_by_their_likeness_to_the_maximum():
    torch.manual_seed(0)
    encoder, frames = SnippetEncoder(8).eval(), torch.rand(1, 3, 8)
    attended = encoder.norm(frames + encoder.attention(frames, frames, frames)[0])[0]
    summary = attended.max(0).values
    likeness = attended @ summary / (attended.norm(dim=1) * summary.norm())
    weights = likeness.clamp(min=1e-8)
    expected = (weights[:, None] * attended).sum(0) / weights.sum()
    torch.testing.assert_close(encoder(frames)[0], expected)


def test_evaluation_keeps_the_order_and_tells_the_weight_of_each_snippet(network, video):
    outputs = network.eval().outputs(video)
    assert set(outputs) == {"logits", "features", "clip_scores"}
    assert outputs["features"].shape == (2, 512)
    torch.testing.assert_close(outputs["clip_scores"].sum(1), torch.ones(2))
    with torch.no_grad():
        plain = network(video)
    torch.testing.assert_close(outputs["logits"], plain, atol=1e-5, rtol=0)


def test_training_asks_for_the_order_and_does_not_let_it_change_the_answer(network, video):
    with torch.random.fork_rng():
        torch.manual_seed(1)
        drawn = torch.randint(10, (2,))
        torch.manual_seed(1)
        outputs = without_chance(network).outputs(video)
    assert set(outputs) == {"logits", "features", "order_logits", "order"}
    assert outputs["order"].tolist() == drawn.tolist()
    assert outputs["order_logits"].shape == (2, 10)
    answer = network.eval()(video)
    torch.testing.assert_close(outputs["logits"], answer, atol=1e-5, rtol=0)


def test_the_order_head_sees_the_snippets_as_shown(network, video):
    outputs = without_chance(network).outputs(video)
    frames = network.trunk(video.transpose(1, 2).flatten(0, 1)).unflatten(0, (-1, 5))
    snippets = network.encoder(frames).unflatten(0, (2, 7))
    rows = [snippets[i, list(ORDERS[order])] for i, order in enumerate(outputs["order"])]
    shown = (torch.stack(rows) + outputs["features"].unsqueeze(1)).flatten(1)
    torch.testing.assert_close(
        outputs["order_logits"], network.order_head(shown), atol=1e-5, rtol=0
    )


def test_the_orders_are_drawn_for_each_video():
    network = on_meta()
    videos = torch.empty(64, 3, 35, 32, 32, device="meta")
    assert network.outputs(videos)["order"].shape == (64,)


def test_the_order_teaches_the_trunk_through_the_emotion_alone(network, video):
    without_chance(network).zero_grad()
    handle = network.transformer.register_forward_hook(
        lambda _m, _i, output: (output[0].detach(), output[1])
    )
    try:
        network.outputs(video)["order_logits"].sum().backward()
    finally:
        handle.remove()
    assert network.order_head[0].weight.grad is not None
    assert network.trunk.conv1.weight.grad is None


def test_logits_and_order_together_reach_every_parameter():
    network = on_meta()
    outputs = network.outputs(torch.empty(2, 3, 35, 32, 32, device="meta"))
    (outputs["logits"].sum() + outputs["order_logits"].sum()).backward()
    silent = [n for n, p in network.named_parameters() if p.requires_grad and p.grad is None]
    assert silent == []


def test_another_number_of_frames_is_refused():
    with pytest.raises(ValueError, match=r"^the video has 16 frames; expected 7 snippets x 5"):
        on_meta()(torch.empty(1, 3, 16, 32, 32, device="meta"))


@pytest.mark.parametrize("layers", [3, 4])
def test_a_checkpoint_of_the_authors_fills_the_whole_network(layers):
    theirs, ours = released_shapes(layers), shapes(on_meta(layers=layers))
    mapped = {place: theirs[name] for name, place in weight_keys(theirs).items()}
    assert mapped == ours


def test_a_plain_resnet_fills_the_trunk_and_leaves_its_classifier_out():
    theirs, ours = resnet_shapes(), shapes(on_meta())
    mapped = {place: theirs[name] for name, place in weight_keys([*theirs, "feature.bias"]).items()}
    assert mapped == {name: shape for name, shape in ours.items() if name.startswith("trunk.")}
