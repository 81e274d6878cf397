import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode
from torchvision.models.video import r3d_18

from baselines.m3dfel import DMIN, M3DFEL, STAGES, weight_keys


@pytest.fixture
def network():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return M3DFEL(3).eval()


def backbone_names():
    with torch.device("meta"):
        return list(r3d_18().state_dict())


def test_seven_classes_have_the_params_of_the_authors_code():
    with torch.device("meta"):
        assert sum(p.numel() for p in M3DFEL(7).parameters()) == 46_823_384


def test_the_backbone_has_the_macs_of_the_authors_code():
    with torch.device("meta"), FlopCounterMode(display=False) as counter:
        M3DFEL(7).eval()(torch.empty(1, 3, 16, 112, 112))
    convolved = counter.get_flop_counts()["M3DFEL.backbone"][torch.ops.aten.convolution]
    assert round(convolved / 2e9, 1) == 43.1


def test_a_bag_has_four_instances_of_four_frames_in_order(network):
    seen = []
    network.backbone.register_forward_pre_hook(lambda _m, inputs: seen.append(inputs[0]))
    video = torch.rand(2, 3, 16, 32, 32)
    outputs = network.outputs(video)
    assert seen[0].shape == (8, 3, 4, 32, 32)
    torch.testing.assert_close(seen[0][5], video[1, :, 4:8])
    assert outputs["logits"].shape == (2, 3)
    assert outputs["features"].shape == (2, 1024)


def test_features_are_the_gated_instances_mixed(network):
    video = torch.rand(1, 3, 16, 32, 32)
    clips = torch.cat([video[:, :, i : i + 4] for i in (0, 4, 8, 12)])
    bag, _ = network.lstm(network.backbone(clips)[None])
    query, key, value = (bag[0] @ part.T for part in network.attention.qkv.weight.chunk(3))
    heads = [slice(i, i + 128) for i in range(0, 1024, 128)]
    seen = [(query[:, h] @ key[:, h].T / 128**0.5).softmax(1) @ value[:, h] for h in heads]
    gates = torch.sigmoid(network.norm(torch.cat(seen, dim=1)[None]))
    features = network.mix(bag * gates)[:, 0]
    outputs = network.outputs(video)
    torch.testing.assert_close(outputs["features"], features)
    torch.testing.assert_close(outputs["logits"], network.head(features))


def test_dmin_is_a_mixture_of_both_normalisations():
    norm = DMIN(2, eps=0)
    bag = torch.tensor([[[1.0, 4.0], [3.0, 8.0]]])  # means 2 and 6, variances 2 and 8
    # over the bag: mean 4; variance (2 + 4 + 8 + 36) / 2 - 16 = 9
    with torch.no_grad():
        norm.mean_weight.copy_(torch.tensor([0.75, 0.25]).log())
        norm.var_weight.copy_(torch.tensor([0.5, 0.5]).log())
        norm.weight.fill_(2.0)
        norm.bias.fill_(1.0)
    means = torch.tensor([0.75 * 2 + 0.25 * 4, 0.75 * 6 + 0.25 * 4])
    variances = torch.tensor([(2 + 9) / 2, (8 + 9) / 2])
    torch.testing.assert_close(norm(bag), 2 * (bag - means) / variances.sqrt() + 1)


def test_another_number_of_frames_is_refused(network):
    message = r"^the video has 12 frames; expected 4 instances x 4 frames\.$"
    with pytest.raises(ValueError, match=message):
        network(torch.empty(1, 3, 12, 32, 32))


def test_a_checkpoint_of_the_authors_fills_the_whole_network():
    numbers = {stage: f"features.{i}" for i, stage in enumerate(STAGES)}
    names = [
        name.replace(name.split(".")[0], numbers[name.split(".")[0]], 1)
        for name in backbone_names()
        if not name.startswith("fc.")
    ]
    for layer in ("l0", "l0_reverse", "l1", "l1_reverse"):
        names += [f"lstm.{part}_{layer}" for part in ("weight_ih", "weight_hh")]
        names += [f"lstm.{part}_{layer}" for part in ("bias_ih", "bias_hh")]
    names += ["to_qkv.weight", "norm.weight", "norm.bias", "norm.mean_weight", "norm.var_weight"]
    names += ["pwconv.weight", "pwconv.bias", "fc.weight", "fc.bias"]
    mapped = weight_keys(names)
    assert list(mapped) == names
    with torch.device("meta"):
        assert sorted(mapped.values()) == sorted(M3DFEL(7).state_dict())


def test_kinetics_weights_fill_the_backbone_and_leave_their_classifier_out():
    names = backbone_names()
    mapped = weight_keys(names)
    assert set(names) - set(mapped) == {"fc.weight", "fc.bias"}
    with torch.device("meta"):
        ours = M3DFEL(7).state_dict()
    assert sorted(mapped.values()) == sorted(n for n in ours if n.startswith("backbone."))
