"""The counts that others published: torchvision's own, and those measured for this project."""

import pytest
from torch import nn
from torchvision.models import get_model, get_model_weights

from baselines.c3d import C3D, C3DTable8
from baselines.c3d_lstm import C3DLSTM
from baselines.fan import FAN
from baselines.resnet18 import ResNet18
from bench.measurement.complexity import count, cross_check
from ceflnet.model import CEFLNet


class OfPictures(nn.Module):
    """A network of pictures, shown the one frame of a video."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, video):
        return self.network(video.squeeze(2))


PICTURE, CLIP, LARGE_CLIP = (3, 1, 224, 224), (3, 16, 112, 112), (3, 16, 224, 224)

TORCHVISION = {
    **dict.fromkeys(("resnet18", "vgg16", "vit_b_16"), PICTURE),
    **dict.fromkeys(("r3d_18", "mc3_18", "r2plus1d_18"), CLIP),
    # the last two do not state their number of frames: 16 is what fits
    **dict.fromkeys(("mvit_v2_s", "s3d", "swin3d_t"), LARGE_CLIP),
}


@pytest.mark.parametrize(("name", "shape"), TORCHVISION.items())
def test_torchvision_publishes_the_same_operations_and_params(name, shape):
    published = get_model_weights(name).DEFAULT.meta
    wrap = OfPictures if shape == PICTURE else lambda network: network
    counted = count(lambda: wrap(get_model(name)), shape, len(published["categories"]))
    assert round(counted.complexity.macs / 1e9, 3) == published["_ops"]
    assert counted.complexity.params == counted.trainable == published["num_params"]
    assert counted.output == (1, len(published["categories"]))
    assert not [missed for missed in counted.uncounted if missed.startswith("macs:")]


HEAD = 512 * 128 + 128 * 64 + 64 * 6
LARGER_HEAD = 512 * 256 + 256 * 128 + 128 * 7

FRAME = 1_814_073_344 - 512 * 1000
"""ResNet-18 without its classifier, on one picture."""

PAPER = {
    "ceflnet": (
        *(lambda: CEFLNet(6), (3, 35, 224, 224)),
        *(12_828_807, 63_515_309_952, 63_799_063_525),
    ),
    "ceflnet, 7 classes": (
        *(lambda: CEFLNet(7, hidden=(256, 128)), (3, 35, 224, 224)),
        *(12_919_624, 63_515_309_952 - HEAD + LARGER_HEAD, None),
    ),
    "c3d, 487 classes": (
        *(lambda: C3D(487), (3, 16, 112, 112)),
        *(79_991_015, 38_548_959_232, None),
    ),
    "c3d-table8": (
        *(lambda: C3DTable8(487), (3, 35, 224, 224)),
        *(79_991_015, 325_819_203_584, 326_411_415_352),
    ),
    "c3d-lstm": (
        *(lambda: C3DLSTM(6), (3, 35, 224, 224)),
        *(110_242_054, 281_685_198_336, 282_262_068_230),
    ),
    "fan": (lambda: FAN(7), (3, 1, 224, 224), 11_188_816, FRAME + 512 + 1024 + 1024 * 7, None),
    "resnet18": (lambda: ResNet18(7), (3, 1, 224, 224), 11_180_103, FRAME + 512 * 7, None),
}


@pytest.mark.parametrize(
    ("build", "shape", "params", "macs", "macs_ptflops"), PAPER.values(), ids=PAPER.keys()
)
def test_a_network_of_the_comparison_has_its_integers(build, shape, params, macs, macs_ptflops):
    counted = count(build, shape, 7)
    assert counted.complexity.params == params
    assert counted.complexity.macs == macs
    assert macs_ptflops in (None, counted.complexity.macs_ptflops)
    assert cross_check(counted) == "Both counters saw the same operations."
