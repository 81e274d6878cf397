import pytest
import torch

from baselines.c3d import C3D, C3DTable8, sports1m_keys

SHAPES = {
    "pool1": (64, 16, 56, 56),
    "pool2": (128, 8, 28, 28),
    "pool3": (256, 4, 14, 14),
    "pool4": (512, 2, 7, 7),
    "pool5": (512, 1, 4, 4),
    "fc6": (4096,),
    "fc7": (4096,),
    "fc8": (7,),
}


@pytest.mark.parametrize(
    ("classes", "params"), [(487, 79_991_015), (7, 78_024_455), (6, 78_020_358)]
)
def test_params_are_those_of_the_published_network(classes, params):
    with torch.device("meta"):
        assert sum(p.numel() for p in C3D(classes).parameters()) == params


@pytest.mark.parametrize(("layer", "shape"), SHAPES.items())
def test_each_stage_has_the_shape_of_the_paper(layer, shape):
    seen = []
    with torch.device("meta"):
        network = C3D(7)
        network.get_submodule(layer).register_forward_hook(
            lambda _module, _inputs, output: seen.append(tuple(output.shape))
        )
        network(torch.empty(2, 3, 16, 112, 112))
    assert seen == [(2, *shape)]


def test_eight_rows_of_one_large_video_become_one_answer():
    seen = []
    with torch.device("meta"):
        network = C3DTable8(487)
        network.fc6.register_forward_hook(lambda _m, _i, output: seen.append(tuple(output.shape)))
        logits = network(torch.empty(2, 3, 35, 224, 224))
    assert seen == [(2, 8, 4096)]
    assert logits.shape == (2, 487)


def test_rows_are_averaged():
    with torch.device("meta"):
        network = C3DTable8(3)
    maps = torch.rand(1, 512, 1, 4, 4)
    network.convolve = lambda video: video
    network = network.to_empty(device="cpu").eval()
    for parameter in network.parameters():
        torch.nn.init.constant_(parameter, 1e-3)
    both = network(torch.cat([maps, 3 * maps], dim=4))
    torch.testing.assert_close(both, network(2 * maps), rtol=1e-4, atol=0)


def test_both_spellings_of_the_sports1m_file_fit_every_layer():
    with torch.device("meta"):
        names = list(C3D(487).state_dict())
    numbered = [f"features.{n}.weight" for n in (0, 3, 6, 8, 11, 13, 16, 18)]
    assert sports1m_keys(names) == {name: name for name in names}
    assert list(sports1m_keys(numbered).values()) == [
        name for name in names if name.startswith("conv") and name.endswith("weight")
    ]
    assert sports1m_keys(["classifier.0.bias", "mean"]) == {"classifier.0.bias": "fc6.bias"}


def test_batch_norm_after_every_convolution_has_the_params_of_the_dfew_code():
    with torch.device("meta"):
        network = C3D(7, batch_norm=True)
    assert sum(p.numel() for p in network.parameters()) == 78_029_959
    for name, layer in network.named_children():
        if name.startswith("conv"):
            norm = network.get_submodule(name.replace("conv", "bn"))
            assert norm.num_features == layer.out_channels


def test_batch_norm_is_between_a_convolution_and_its_relu():
    with torch.device("meta"):
        network = C3D(2, batch_norm=True)
    order = []
    for layer in network.modules():
        if isinstance(layer, torch.nn.Conv3d | torch.nn.BatchNorm3d | torch.nn.ReLU):
            layer.register_forward_hook(lambda module, _i, _o: order.append(type(module).__name__))
    network(torch.empty(1, 3, 16, 112, 112, device="meta"))
    assert order == 8 * ["Conv3d", "BatchNorm3d", "ReLU"] + 2 * ["ReLU"]


def test_without_batch_norm_no_name_of_one_is_left():
    with torch.device("meta"):
        assert not [name for name in C3D(7).state_dict() if name.startswith("bn")]


def test_a_file_of_the_dfew_code_fits_every_layer():
    with torch.device("meta"):
        names = list(C3D(7, batch_norm=True).state_dict())
    assert "bn3a.running_mean" in names
    assert sports1m_keys(names) == {name: name for name in names}
