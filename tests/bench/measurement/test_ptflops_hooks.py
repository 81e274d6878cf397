import ptflops
import pytest
import torch
from torch import nn
from torchvision.models import vit_b_16
from torchvision.models.video import swin3d_t

from baselines.c3d import C3D
from baselines.c3d_lstm import C3DLSTM
from bench.measurement.complexity import count
from bench.measurement.ptflops_hooks import PtflopsHooks
from ceflnet.model import CEFLNet
from ceflnet.paper import CEFLNetPaper


class Picture(nn.Module):
    """The first frame, shown to a network of pictures."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, video):
        return self.network(video[:, :, 0])


def shared():
    layer = nn.Conv3d(3, 3, 3, padding=1)
    return nn.Sequential(layer, nn.ReLU(), nn.Sequential(layer, nn.BatchNorm3d(3)))


def recurrent():
    return nn.Sequential(nn.Flatten(2), nn.LSTM(512, 8, 2, bidirectional=True, batch_first=True))


NETWORKS = {
    "ceflnet": (lambda: CEFLNet(6), (3, 35, 64, 64)),
    "ceflnet-paper": (lambda: CEFLNetPaper(6), (3, 35, 64, 64)),
    "c3d": (lambda: C3D(7), (3, 16, 112, 112)),
    "c3d-lstm": (lambda: C3DLSTM(6), (3, 35, 224, 224)),
    "vit_b_16": (lambda: Picture(vit_b_16()), (3, 1, 224, 224)),
    "swin3d_t": (swin3d_t, (3, 4, 64, 64)),
    "one layer": (lambda: nn.Conv3d(3, 4, 3), (3, 8, 8, 8)),
    "a layer in two places": (shared, (3, 8, 8, 8)),
    "recurrent": (recurrent, (3, 8, 8, 8)),
    "nothing known": (nn.Identity, (3, 8, 8, 8)),
}


def on_meta(build):
    with torch.device("meta"):
        return build().eval()


def hooked(network, shape):
    hooks = PtflopsHooks(network)
    with torch.no_grad(), hooks.watching():
        network(torch.empty(1, *shape, device="meta"))
    return hooks


def by_ptflops(network, shape):
    return ptflops.get_model_complexity_info(
        network,
        shape,
        as_strings=False,
        print_per_layer_stat=False,
        backend="pytorch",
        backend_specific_config={"count_functional": False},
    )[0]


@pytest.mark.parametrize(("build", "shape"), NETWORKS.values(), ids=NETWORKS.keys())
def test_the_sum_is_that_of_ptflops_itself(build, shape):
    network = on_meta(build)
    assert hooked(network, shape).macs().total() == by_ptflops(network, shape)


class Attention(nn.Module):
    """Attention, and a layer that hangs below it though it is called from here."""

    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(16, 4, batch_first=True)
        self.attention.after = nn.Linear(16, 16)

    def forward(self, rows):
        return self.attention.after(self.attention(rows, rows, rows)[0])


def test_a_known_module_answers_for_everything_inside_of_it():
    network = on_meta(Attention)
    hooks = hooked(network, (8, 16))
    projections = 4 * 8 * 16 * 16 + 4 * 8 * 16
    attention = projections + 8 * 16 + 8 * 8 * (2 * 16 + 4)
    assert hooks.macs() == {network.attention: attention}
    assert by_ptflops(network, (8, 16)) == attention


def test_a_known_module_with_more_products_inside_than_its_hook_counts_is_named():
    assert count(Attention, (8, 16), 16).uncounted == (
        "macs_ptflops: attention (MultiheadAttention)",
    )


def test_a_hook_that_fails_is_remembered_and_nothing_is_printed(capfd):
    class Named(nn.Module):
        def __init__(self):
            super().__init__()
            self.attention = nn.MultiheadAttention(16, 4, batch_first=True)

        def forward(self, rows):
            return self.attention(query=rows, key=rows, value=rows)[0]

    network = on_meta(Named)
    hooks = hooked(network, (8, 16))
    assert hooks.failed == [network.attention]
    assert capfd.readouterr() == ("", "")
    assert by_ptflops(network, (8, 16)) is None


def test_the_network_is_left_as_it_was():
    network = on_meta(lambda: nn.Sequential(nn.Conv3d(3, 4, 3), nn.ReLU()))
    before = {name: dict(vars(module)) for name, module in network.named_modules()}
    hooked(network, (3, 8, 8, 8))
    assert {name: dict(vars(module)) for name, module in network.named_modules()} == before
    assert not any(module._forward_hooks for module in network.modules())


def test_the_hooks_go_when_the_pass_fails():
    network = on_meta(lambda: nn.Sequential(nn.Conv3d(5, 4, 3)))
    with pytest.raises(RuntimeError, match="Invalid channel dimensions"):
        hooked(network, (3, 8, 8, 8))
    assert not network[0]._forward_hooks
