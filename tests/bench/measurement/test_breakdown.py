import copy
from dataclasses import astuple

import pytest
import torch
from torch import nn
from torch.nn import functional
from torchvision.ops import deform_conv2d

from bench.measurement.complexity import count
from bench.records import ModuleCost
from ceflnet.model import CEFLNet
from ceflnet.paper import CEFLNetPaper

VIDEO = (3, 8, 4, 4)
CONVOLUTION = 3 * 4 * 27 * 6 * 2 * 2


def small():
    return nn.Sequential(nn.Conv3d(3, 4, 3), nn.ReLU(), nn.Flatten(1), nn.Linear(96, 7))


def test_each_module_has_its_own_numbers_in_the_order_of_the_network():
    assert count(small, VIDEO, 7).modules == (
        ModuleCost("0", "Conv3d", 4 * 3 * 27 + 4, CONVOLUTION, CONVOLUTION + 96, 96),
        ModuleCost("1", "ReLU", 0, 0, 96, 0),
        ModuleCost("3", "Linear", 97 * 7, 96 * 7, 97 * 7, 7),
    )


def tied():
    layer = nn.Conv3d(3, 3, 3, padding=1)
    twin = nn.Conv3d(3, 3, 3, padding=1)
    twin.weight = layer.weight
    return nn.Sequential(layer, nn.Sequential(layer), twin)


@pytest.mark.parametrize(
    ("build", "shape"),
    [
        (small, VIDEO),
        (tied, VIDEO),
        (lambda: CEFLNet(6), (3, 35, 64, 64)),
        (lambda: CEFLNetPaper(6), (3, 35, 64, 64)),
    ],
    ids=["small", "tied", "ceflnet", "ceflnet-paper"],
)
def test_each_column_sums_to_its_total(build, shape):
    counted = count(build, shape, 6)
    whole = counted.complexity
    columns = zip(*(astuple(row)[2:] for row in counted.modules), strict=True)
    totals = (whole.params, whole.macs, whole.macs_ptflops, counted.activations)
    assert tuple(map(sum, columns)) == totals


def test_a_tensor_with_two_places_counts_once_and_its_work_twice():
    first, second = count(tied, VIDEO, 3).modules
    work = 3 * 3 * 27 * 8 * 4 * 4
    assert first == ModuleCost("0", "Conv3d", 246, 2 * work, 4 * (work + 384), 2 * 384)
    assert second == ModuleCost("2", "Conv3d", 3, work, work + 384, 384)


def test_what_runs_in_no_layer_counts_for_the_module_around_it():
    rows = {row.name: row for row in count(lambda: CEFLNetPaper(6), (3, 35, 64, 64), 6).modules}
    whole = rows[""]
    # two products of attention in each of 7 clips, and one score a class
    assert whole.macs == 7 * 2 * 5 * 5 * 512 + 6 * 512
    assert (whole.params, whole.macs_ptflops) == (0, 0)


def test_a_product_outside_of_any_layer_is_named_as_unseen_by_ptflops():
    counted = count(lambda: CEFLNetPaper(6), (3, 35, 64, 64), 6)
    assert counted.uncounted == ("macs_ptflops: the network (CEFLNetPaper)",)


def test_a_subclass_that_ptflops_skips_is_named():
    class Kernel(nn.Conv3d):
        pass

    counted = count(lambda: nn.Sequential(Kernel(3, 4, 3)), VIDEO, 4)
    assert counted.complexity.macs == CONVOLUTION
    assert counted.complexity.macs_ptflops == 0
    assert counted.uncounted == ("macs_ptflops: 0 (Kernel)",)


class Called(nn.Module):
    """A function of the video, between layers."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, video):
        return self.function(video)


FUNCTIONAL = {
    "convolution": lambda x: functional.conv3d(x, x.new_empty(4, 3, 3, 3, 3)),
    "linear": lambda x: functional.linear(x, x.new_empty(5, 4)),
    "attention": lambda x: functional.scaled_dot_product_attention(x, x, x),
}


@pytest.mark.parametrize("function", FUNCTIONAL.values(), ids=FUNCTIONAL.keys())
def test_a_functional_product_is_named_with_its_module(function):
    counted = count(lambda: nn.Sequential(nn.ReLU(), Called(function)), VIDEO, 4)
    assert counted.uncounted == ("macs_ptflops: 1 (Called)",)


def test_a_layer_that_ptflops_counts_in_part_is_named():
    def build():
        return nn.Sequential(
            nn.Flatten(2), nn.LSTM(128, 64, proj_size=32, batch_first=True), Last()
        )

    class Last(nn.Module):
        def forward(self, states):
            return states[0]

    assert count(build, VIDEO, 4).uncounted == ("macs_ptflops: 1 (LSTM)",)


def test_a_heavy_layer_without_products_is_named():
    class Elementwise(nn.Conv3d):
        def forward(self, video):
            return video * self.weight.sum()

    counted = count(lambda: nn.Sequential(Elementwise(3, 4, 3)), VIDEO, 4)
    assert counted.uncounted == ("macs: 0 (Elementwise)",)


def test_a_heavy_layer_that_never_ran_is_not_named():
    class Idle(nn.Sequential):
        def forward(self, video):
            return self[1](video)

    assert count(lambda: Idle(nn.Linear(4, 4), nn.ReLU()), VIDEO, 4).uncounted == ()


@pytest.fixture(scope="module")
def scale():
    """An operation of another library, a black box to any counter."""

    @torch.library.custom_op("bench_test::scale", mutates_args=())
    def scale(x: torch.Tensor) -> torch.Tensor:
        return x * 2

    @scale.register_fake
    def shaped(x):
        return torch.empty_like(x)

    return scale


def test_an_operation_of_another_library_is_named_with_its_module(scale):
    counted = count(lambda: nn.Sequential(nn.ReLU(), Called(scale)), VIDEO, 4)
    assert counted.complexity.macs == 0
    assert counted.uncounted == ("macs: 1 (Called) by bench_test.scale",)


def product(a, b):
    return a @ b


def whole_product(a, b):
    return (a @ b).to(torch.int32)


@pytest.mark.parametrize(
    ("product", "dtype", "answer"),
    [
        (product, torch.complex64, torch.complex64),
        (whole_product, torch.int8, torch.int32),
    ],
    ids=["complex", "whole"],
)
def test_an_operation_of_another_library_is_named_whatever_its_numbers(product, dtype, answer):
    with torch.library._scoped_library("bench_test", "FRAGMENT") as library:
        library.define("product(Tensor a, Tensor b) -> Tensor")
        library.impl("product", lambda a, b: product(a, b).to(answer), "Meta")
        operation = torch.ops.bench_test.product.default
        counted = count(lambda: Called(lambda x: operation(x.to(dtype), x.to(dtype))), VIDEO, 4)
    assert "macs: the network (Called) by bench_test.product" in counted.uncounted


def test_an_operation_of_another_library_is_named_though_it_returns_nothing():
    def written(video):
        out = torch.empty_like(video)
        torch.ops.bench_test.write(video, out)
        return out

    with torch.library._scoped_library("bench_test", "FRAGMENT") as library:
        library.define("write(Tensor a, Tensor(a!) out) -> ()")
        library.impl("write", lambda a, out: None, "Meta")
        counted = count(lambda: Called(written), VIDEO, 4)
    assert counted.uncounted == ("macs: the network (Called) by bench_test.write",)


def test_a_question_to_another_library_is_no_product():
    def deformed(video):
        # asks torchvision for its version of CUDA as well
        picture, offsets = video[:, :, 0], video.new_empty(1, 18, 4, 4)
        return deform_conv2d(picture, offsets, video.new_empty(5, 3, 3, 3), padding=1)

    counted = count(lambda: Called(deformed), VIDEO, 4)
    assert counted.uncounted == ("macs: the network (Called) by torchvision.deform_conv2d",)


OPAQUE = {
    "_fft_r2c": lambda x: torch.fft.rfft(x).real,
    "_cdist_forward": lambda x: torch.cdist(x, x, p=1.0),
    "_linalg_svd": lambda x: torch.linalg.svdvals(x),
    "affine_grid_generator": lambda x: functional.affine_grid(
        x.new_empty(1, 2, 3), (1, 1, 4, 4), align_corners=False
    ),
    "_native_multi_head_attention": lambda x: torch._native_multi_head_attention(
        *[x.new_empty(1, 8, 16)] * 3,
        *(16, 4, x.new_empty(48, 16), x.new_empty(48)),
        *(x.new_empty(16, 16), x.new_empty(16)),
        need_weights=False,
    )[0],
}


@pytest.mark.parametrize(("name", "function"), OPAQUE.items(), ids=OPAQUE.keys())
def test_a_fused_operation_of_torch_is_named_with_its_module(name, function):
    counted = count(lambda: Called(function), VIDEO, 4)
    assert f"macs: the network (Called) by aten.{name}" in counted.uncounted


def test_a_layer_of_which_one_operation_is_unknown_is_named_once(scale):
    class Scaled(nn.Conv3d):
        def forward(self, video):
            return scale(video)

    counted = count(lambda: nn.Sequential(Scaled(3, 4, 3)), VIDEO, 4)
    assert counted.uncounted == ("macs: 0 (Scaled) by bench_test.scale",)


def test_a_registered_formula_makes_an_operation_counted(scale):
    from torch.utils.flop_counter import flop_registry, register_flop_formula

    operation = torch.ops.bench_test.scale
    register_flop_formula(operation)(lambda x, **_: 2 * x.numel())
    try:
        counted = count(lambda: Called(scale), VIDEO, 4)
    finally:
        del flop_registry[operation]
    assert counted.complexity.macs == 3 * 8 * 4 * 4
    assert counted.uncounted == ("macs_ptflops: the network (Called)",)


def test_where_a_hook_of_ptflops_fails_its_module_is_named_and_its_column_is_empty():
    class Named(nn.Module):
        def __init__(self):
            super().__init__()
            self.attention = nn.MultiheadAttention(16, 4, batch_first=True)
            self.head = nn.Linear(16, 7)

        def forward(self, video):
            rows = video.flatten(3)[:, 0]
            return self.head(self.attention(query=rows, key=rows, value=rows)[0])

    counted = count(Named, VIDEO, 7)
    assert counted.complexity.macs == 4 * 8 * 16 * 16 + 2 * 8 * 8 * 16 + 8 * 16 * 7
    assert counted.complexity.macs_ptflops is None
    assert [row.macs_ptflops for row in counted.modules] == [0] * len(counted.modules)
    assert counted.uncounted == ("macs_ptflops: attention (MultiheadAttention)",)


def test_a_module_whose_hook_fails_is_named_even_without_products():
    class Named(nn.Module):
        def __init__(self):
            super().__init__()
            self.pool = nn.MaxPool3d(2)

        def forward(self, video):
            return self.pool(input=video)

    counted = count(Named, VIDEO, 7)
    assert counted.complexity.macs_ptflops is None
    assert counted.uncounted == ("macs_ptflops: pool (MaxPool3d)",)


class Changed(nn.Module):
    """Runs a layer, and puts another in its place before or after."""

    def __init__(self, before=None, after=None):
        super().__init__()
        self.layer = nn.Conv3d(3, 4, 3)
        self.before, self.after = before, after

    def forward(self, video):
        if self.before:
            self.layer = self.before(self.layer)
        answer = self.layer(video)
        if self.after:
            self.layer = self.after(self.layer)
        return answer


CHANGES = {
    "nothing": (Changed, {"layer": (4 * 82, CONVOLUTION)}),
    "away": (
        lambda: Changed(after=lambda layer: nn.Identity()),
        {"layer": (0, CONVOLUTION)},
    ),
    "new": (
        lambda: Changed(before=lambda layer: nn.Conv3d(3, 4, 3, device="meta")),
        {"": (4 * 82, CONVOLUTION)},
    ),
    "a copy": (
        lambda: Changed(before=copy.deepcopy),
        {"": (4 * 82, CONVOLUTION)},
    ),
}


@pytest.mark.parametrize(("build", "rows"), CHANGES.values(), ids=CHANGES.keys())
def test_a_layer_that_is_replaced_on_the_way_keeps_what_ran_in_it(build, rows):
    counted = count(build, VIDEO, 4)
    assert {row.name: (row.params, row.macs) for row in counted.modules} == rows
    whole = counted.complexity
    assert whole.macs == CONVOLUTION
    assert whole.params == sum(row.params for row in counted.modules)
    assert whole.macs_ptflops == sum(row.macs_ptflops for row in counted.modules)
    assert counted.activations == sum(row.activations for row in counted.modules)


def test_a_fused_operation_of_a_layer_that_is_gone_is_named_with_it():
    class Fused(nn.Module):
        def forward(self, video):
            return torch.fft.rfft(video).real

    counted = count(
        lambda: Changed(before=lambda layer: Fused(), after=lambda layer: nn.Identity()), VIDEO, 4
    )
    assert counted.uncounted == ("macs: the network (Changed) by aten._fft_r2c",)


def test_a_copy_counts_for_the_module_that_made_it():
    class Copying(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Conv3d(3, 4, 3)

        def forward(self, video):
            return copy.deepcopy(self.layer)(video) + self.layer(video)

    counted = count(lambda: nn.Sequential(Copying()), VIDEO, 4)
    rows = {row.name: row.macs for row in counted.modules}
    assert rows == {"0": CONVOLUTION, "0.layer": CONVOLUTION}
    assert counted.uncounted == ("macs_ptflops: 0 (Copying)",)


@pytest.mark.filterwarnings("ignore:.torch.jit.script. is")
def test_a_scripted_layer_is_one_module():
    def build():
        return nn.Sequential(torch.jit.script(nn.Sequential(nn.Conv3d(3, 4, 3), nn.ReLU())))

    counted = count(build, VIDEO, 4)
    assert {row.name: row.macs for row in counted.modules if row.macs} == {"0": CONVOLUTION}
    assert counted.uncounted == ("macs_ptflops: 0 (RecursiveScriptModule)",)
