import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode
from torchvision.models import resnet34

from baselines.feratt import FERAtt, encoder_keys


@pytest.fixture
def network():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return FERAtt(3).eval()


@pytest.mark.parametrize(("classes", "params"), [(6, 46_312_223), (7, 46_315_115)])
def test_the_params_are_those_of_the_authors_code(classes, params):
    with torch.device("meta"):
        assert sum(p.numel() for p in FERAtt(classes).parameters()) == params


def test_one_frame_of_64_pixels_takes_the_macs_of_the_authors_code():
    counter = FlopCounterMode(display=False)
    with torch.device("meta"), counter:
        FERAtt(6).eval()(torch.empty(1, 3, 1, 64, 64))
    assert counter.get_total_flops() // 2 == 2_576_982_208


def test_the_decoder_doubles_the_map_five_times_and_once_more():
    shapes = {}
    with torch.device("meta"):
        attention = FERAtt(6).eval().attention
        for name in ("center", "dec5", "dec4", "dec3", "dec2", "dec1", "maps"):
            attention.get_submodule(name).register_forward_hook(
                lambda _m, _i, output, name=name: shapes.update({name: tuple(output.shape[1:])})
            )
        attention(torch.empty(1, 3, 64, 64))
    assert shapes == {
        "center": (256, 2, 2),
        "dec5": (256, 4, 4),
        "dec4": (256, 8, 8),
        "dec3": (64, 16, 16),
        "dec2": (128, 32, 32),
        "dec1": (32, 64, 64),
        "maps": (6, 64, 64),
    }


def test_the_classifier_sees_half_the_size_and_divides_it_by_eight():
    with torch.device("meta"):
        trunk = FERAtt(6).trunk
        assert trunk[:-2](torch.empty(1, 3, 32, 32)).shape == (1, 512, 4, 4)


@pytest.mark.parametrize("size", [35, 63, 65, 100])
def test_an_odd_size_keeps_the_attended_picture_as_large_as_the_frame(size):
    with torch.device("meta"):
        outputs = FERAtt(7).outputs(torch.empty(2, 3, 3, size, size))
    assert outputs["attended"].shape == outputs["target"].shape == (2, 3, 3, size, size)
    assert outputs["frame_logits"].shape == (2, 3, 7)
    assert outputs["embedding"].shape == (2, 3, 32)
    assert outputs["features"].shape == (2, 32)


def test_the_softmax_of_the_logits_is_the_mean_score_of_the_frames(network):
    # frames that differ in their answers, as those of an untrained network hardly do
    network.embed.register_forward_hook(lambda _m, _i, output: 9 * torch.randn_like(output))
    outputs = network.outputs(torch.randn(2, 3, 3, 35, 35))
    mean = outputs["frame_logits"].softmax(2).mean(1)
    torch.testing.assert_close(outputs["logits"].softmax(1), mean)


def test_each_frame_is_answered_by_itself(network):
    video = torch.randn(1, 3, 3, 35, 35)
    together = network.outputs(video)["frame_logits"][:, 1]
    torch.testing.assert_close(network.outputs(video[:, :, 1:2])["frame_logits"][:, 0], together)


def test_the_target_is_the_frame_itself(network):
    video = torch.randn(1, 3, 2, 35, 35)
    assert torch.equal(network.outputs(video)["target"], video.transpose(1, 2))


def test_an_attended_picture_of_the_mean_colour_is_grey_to_the_classifier(network):
    seen = []
    network.pool.register_forward_pre_hook(lambda _m, given: seen.append(given[0]))
    black = torch.full((1, 3, 1, 35, 35), 0.5)
    attended = network.outputs(black)["attended"]
    mean, std = network.mean.flatten(), network.std.flatten()
    expected = 2 * (attended[0, 0] * std.view(3, 1, 1) + mean.view(3, 1, 1)) - 1
    torch.testing.assert_close(seen[0][0], expected)


def test_every_parameter_but_those_of_the_unused_classifier_gets_a_gradient():
    with torch.device("meta"):
        network = FERAtt(6)
        outputs = network.outputs(torch.empty(2, 3, 2, 64, 64))
        (outputs["logits"].sum() + outputs["attended"].sum()).backward()
    silent = [name for name, p in network.named_parameters() if p.grad is None]
    assert silent == ["attention.encoder.fc.weight", "attention.encoder.fc.bias"]


def test_torchvisions_resnet34_fits_the_encoder_and_its_classifier_is_left_out():
    with torch.device("meta"):
        names, encoder = resnet34().state_dict(), FERAtt(6).attention.encoder.state_dict()
    mapped = encoder_keys(names)
    assert set(names) - set(mapped) == {"fc.weight", "fc.bias"}
    assert {mapped[name]: names[name].shape for name in mapped} == {
        name: tensor.shape for name, tensor in encoder.items() if not name.startswith("fc.")
    }
