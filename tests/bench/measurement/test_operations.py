import re

import pytest
import torch
from torch import nn
from torch.nn import functional
from torch.nn.modules import module as modules
from torch.utils.flop_counter import FlopCounterMode, flop_registry
from torchvision.models.video import r2plus1d_18, swin3d_t

from bench.measurement.complexity import macs_only
from bench.measurement.formulas import FORMULAS, OPAQUE
from bench.measurement.operations import Operations
from ceflnet.model import CEFLNet

T, D = 8, 16
VIDEO = (3, T, 4, 4)


class Rows(nn.Module):
    """A layer, or a function, of the video as one sequence of T rows of D numbers."""

    def __init__(self, work, times=1):
        super().__init__()
        self.work, self.times = work, times

    def forward(self, video):
        rows = video.flatten(3)[:, 0]  # (1, T, D)
        out = self.work(*[rows] * self.times)
        return out[0] if isinstance(out, tuple) else out


class Cells(nn.Module):
    """A recurrent cell in a loop over the rows."""

    def __init__(self, cell):
        super().__init__()
        self.cell = cell

    def forward(self, rows):
        state = None
        for t in range(T):
            state = self.cell(rows[:, t], state)
        return state


class Twice(nn.Module):
    """A layer that is given its input twice."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, rows):
        return self.layer(rows, rows)


def heads(rows, number=4):
    return rows.unflatten(2, (number, -1)).transpose(1, 2)  # (1, number, T, D / number)


def attention(**how):
    return lambda rows: functional.scaled_dot_product_attention(*[heads(rows)] * 3, **how)


def grouped_attention(rows):
    few = heads(rows[:, :, :8], 2)
    return functional.scaled_dot_product_attention(heads(rows), few, few, enable_gqa=True)


def masked_attention(rows):
    return attention(attn_mask=rows.new_empty(T, T))(rows)


def by_einsum(rows):
    scores = torch.einsum("btd,bsd->bts", rows, rows)
    return torch.einsum("bts,bsd->btd", scores.softmax(2), rows)


LINEAR = T * D * D
ATTENTION = 2 * T * T * D
BLOCK = 4 * LINEAR + ATTENTION

LAYERS = {
    "linear": (lambda: nn.Linear(D, 5), T * D * 5),
    "rnn": (lambda: nn.RNN(D, 32, batch_first=True), T * 32 * (D + 32)),
    "gru": (lambda: nn.GRU(D, 32, batch_first=True), T * 3 * 32 * (D + 32)),
    "lstm": (lambda: nn.LSTM(D, 32, batch_first=True), T * 4 * 32 * (D + 32)),
    "two-way lstm": (
        lambda: nn.LSTM(D, 32, batch_first=True, bidirectional=True),
        2 * T * 4 * 32 * (D + 32),
    ),
    "two lstms": (
        lambda: nn.LSTM(D, 32, 2, batch_first=True),
        T * 4 * 32 * (D + 32) + T * 4 * 32 * (32 + 32),
    ),
    "projected lstm": (
        lambda: nn.LSTM(D, 32, proj_size=8, batch_first=True),
        T * (4 * 32 * (D + 8) + 32 * 8),
    ),
    "rnn cell": (lambda: Cells(nn.RNNCell(D, 32)), T * 32 * (D + 32)),
    "gru cell": (lambda: Cells(nn.GRUCell(D, 32)), T * 3 * 32 * (D + 32)),
    "lstm cell": (lambda: Cells(nn.LSTMCell(D, 32)), T * 4 * 32 * (D + 32)),
    "encoder layer": (
        lambda: nn.TransformerEncoderLayer(D, 4, 32, batch_first=True),
        BLOCK + 2 * T * D * 32,
    ),
    "decoder layer": (
        lambda: Twice(nn.TransformerDecoderLayer(D, 4, 32, batch_first=True)),
        2 * BLOCK + 2 * T * D * 32,
    ),
}


@pytest.mark.parametrize(("layer", "macs"), LAYERS.values(), ids=LAYERS.keys())
def test_layers_follow_the_formula(layer, macs):
    assert macs_only(lambda: Rows(layer()), VIDEO) == macs


def test_attention_follows_the_formula():
    def build():
        return Rows(nn.MultiheadAttention(D, 4, batch_first=True), times=3)

    assert macs_only(build, VIDEO) == BLOCK


def test_a_bilinear_layer_counts_one_term_a_pair_of_inputs_and_output():
    assert macs_only(lambda: Rows(nn.Bilinear(D, D, 5), times=2), VIDEO) == T * 5 * D * D


FUNCTIONS = {
    "attention": (attention(), ATTENTION),
    "causal attention": (attention(is_causal=True), ATTENTION),
    "attention with dropout": (attention(dropout_p=0.1), ATTENTION),
    "masked attention": (masked_attention, ATTENTION),
    "grouped attention": (grouped_attention, ATTENTION),
    "attention by einsum": (by_einsum, ATTENTION),
    "attention by hand": (lambda x: (x @ x.transpose(1, 2)).softmax(2) @ x, ATTENTION),
    "linear": (lambda x: functional.linear(x, x.new_empty(5, D), x.new_empty(5)), T * D * 5),
    "matrix by vector": (lambda x: x[0] @ x[0, 0], T * D),
    "vector by matrix": (lambda x: x[0, :, 0] @ x[0], T * D),
    "dot": (lambda x: x[0, 0].dot(x[0, 0]), D),
    "vdot": (lambda x: torch.vdot(x[0, 0], x[0, 0]), D),
    "addmv": (lambda x: torch.addmv(x[0, :, 0], x[0], x[0, 0]), T * D),
    "addmv in place": (lambda x: x.new_empty(T).addmv_(x[0], x[0, 0]), T * D),
    "addmm": (lambda x: torch.addmm(x.new_empty(T, T), x[0], x[0].T), T * T * D),
    "addmm in place": (lambda x: x.new_empty(T, T).addmm_(x[0], x[0].T), T * T * D),
    "addmm and relu": (
        lambda x: torch._addmm_activation(x.new_empty(T), x[0], x[0].T),
        T * T * D,
    ),
    "addbmm": (lambda x: torch.addbmm(x.new_empty(T, T), x, x.mT), T * T * D),
    "addbmm in place": (lambda x: x.new_empty(T, T).addbmm_(x, x.mT), T * T * D),
    "baddbmm": (lambda x: torch.baddbmm(x.new_empty(1, T, T), x, x.mT), T * T * D),
    "baddbmm in place": (lambda x: x.new_empty(1, T, T).baddbmm_(x, x.mT), T * T * D),
    "mm into": (lambda x: torch.mm(x[0], x[0].T, out=x.new_empty(T, T)), T * T * D),
    "addr": (lambda x: torch.addr(x[0], x[0, :, 0], x[0, 0]), T * D),
    "tensordot": (lambda x: torch.tensordot(x[0], x[0].T, 1), T * T * D),
    "distances": (
        lambda x: torch.cdist(x, x, compute_mode="use_mm_for_euclid_dist"),
        T * T * D,
    ),
    "convolution of rows": (
        lambda x: torch.conv_tbc(x, x.new_empty(1, D, 5), x.new_empty(5)),
        T * D * 5,
    ),
    "bilinear form": (
        lambda x: functional.bilinear(x, x[:, :, :3], x.new_empty(5, D, 3)),
        T * 5 * D * 3,
    ),
    "grouped convolution": (
        lambda x: functional.conv1d(x, x.new_empty(T, 1, 3), groups=T),
        T * 3 * (D - 2),
    ),
    "integers": (
        lambda x: torch._int_mm(x[0].to(torch.int8), x[0].to(torch.int8).T),
        T * T * D,
    ),
    "normalised weights": (
        lambda x: functional.linear(functional.layer_norm(x, (D,)), x.new_empty(5, D)),
        T * D * 5,
    ),
}


@pytest.mark.parametrize(("function", "macs"), FUNCTIONS.values(), ids=FUNCTIONS.keys())
def test_functions_follow_the_formula(function, macs):
    assert macs_only(lambda: Rows(function), VIDEO) == macs


CONVOLUTIONS = {
    "3d": (lambda: nn.Conv3d(3, 4, 3, padding=1), 3 * 4 * 27 * T * 4 * 4),
    "with steps": (lambda: nn.Conv3d(3, 4, 3, stride=2, padding=1), 3 * 4 * 27 * 4 * 2 * 2),
    "in groups": (lambda: nn.Conv3d(3, 6, 3, padding=1, groups=3), 6 * 27 * T * 4 * 4),
    "transposed": (lambda: nn.ConvTranspose3d(3, 5, 2, stride=2), 3 * 5 * 8 * T * 4 * 4),
}


@pytest.mark.parametrize(("build", "macs"), CONVOLUTIONS.values(), ids=CONVOLUTIONS.keys())
def test_convolutions_follow_the_formula(build, macs):
    assert macs_only(build, VIDEO) == macs


NETWORKS = {
    "ceflnet": (lambda: CEFLNet(6), (3, 35, 64, 64)),
    "r2plus1d_18": (r2plus1d_18, (3, 4, 64, 64)),
    "swin3d_t": (swin3d_t, (3, 4, 64, 64)),
}


@pytest.mark.parametrize(("build", "shape"), NETWORKS.values(), ids=NETWORKS.keys())
def test_the_sum_is_that_of_torchs_own_counter(build, shape):
    with torch.device("meta"):
        network = build().eval()
        video = torch.empty(1, *shape)
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        network(video)
    assert 2 * macs_only(build, shape) == counter.get_total_flops() > 0


def test_operations_are_taken_apart_under_inference_mode():
    def product(rows):
        with torch.inference_mode():
            return functional.linear(rows, torch.empty(5, D, device="meta"))

    assert macs_only(lambda: Rows(product), VIDEO) == T * D * 5


def counted(network, video):
    operations = Operations(network)
    with operations.watching():
        output = network(video)
    return operations, output


def test_a_repeated_operation_gives_a_tensor_of_its_own():
    def thrice(rows):
        first, second = rows + 1, rows + 1
        first.squeeze_(0)
        second.squeeze_(0)
        assert first.shape == second.shape == (T, D)
        return rows + 1

    _, output = counted(Rows(thrice), torch.empty(1, *VIDEO, device="meta"))
    assert output.shape == (1, T, D)


def test_tensors_of_one_shape_differ_by_dtype_and_by_layout():
    def alike(rows):
        square = rows[0, :, :T].contiguous()
        assert (square + 1).is_contiguous()
        assert not (square.T + 1).is_contiguous()
        assert (square.half() + 1).dtype == torch.float16
        return square

    counted(Rows(alike), torch.empty(1, *VIDEO, device="meta"))


def test_whole_numbers_and_fractions_are_not_taken_for_one_another():
    def mixed(rows):
        whole = rows.to(torch.int64)
        assert (whole + 1).dtype == torch.int64
        return whole + 1.0

    _, output = counted(Rows(mixed), torch.empty(1, *VIDEO, device="meta"))
    assert output.dtype == torch.float32


def test_tensors_with_values_decide_shapes_by_them():
    def repeated(rows):
        times = [torch.tensor([n], device="cpu") for n in (2, 3)]
        return torch.cat([torch.repeat_interleave(t).to("meta") for t in times]) + 0 * rows.sum()

    _, output = counted(Rows(repeated), torch.empty(1, *VIDEO, device="meta"))
    assert output.shape == (5,)


def test_values_that_are_made_on_the_cpu_are_made_anew_with_each_call():
    def two_rows(rows):
        kept = []
        for row in (1, 2):
            mask = torch.zeros(T, dtype=torch.bool)
            mask[row] = True
            kept.append(rows[:, mask])
        return functional.linear(torch.cat(kept, 1), rows.new_empty(5, D))

    assert macs_only(lambda: Rows(two_rows), VIDEO) == 2 * D * 5


def test_chance_is_drawn_anew_with_each_call():
    drawn = []

    def drawing(rows):
        drawn.extend([torch.randperm(64), torch.randperm(64)])
        return rows

    macs_only(lambda: Rows(drawing), VIDEO)
    assert not torch.equal(*drawn)


@pytest.mark.parametrize("device", ["meta", "cpu"])
def test_padding_leaves_the_macs_of_an_encoder_as_they_are(device):
    def build():
        layer = nn.TransformerEncoderLayer(D, 4, 32, batch_first=True)
        return Rows(Padded(nn.TransformerEncoder(layer, 2)))

    class Padded(nn.Module):
        def __init__(self, encoder):
            super().__init__()
            self.encoder = encoder

        def forward(self, rows):
            padding = rows.new_zeros(1, T, dtype=torch.bool)
            return self.encoder(rows, src_key_padding_mask=padding)

    with torch.device(device):
        network, video = build().eval(), torch.zeros(1, *VIDEO)
    operations, _ = counted(network, video)
    assert operations.macs.total() == 2 * (BLOCK + 2 * T * D * 32)
    assert torch.backends.mha.get_fastpath_enabled()


def test_a_pass_leaves_nothing_on_the_network():
    network = nn.Sequential(nn.Conv3d(3, 4, 3, device="meta"), nn.ReLU())
    before = {name: dict(vars(module)) for name, module in network.named_modules()}
    counted(network, torch.empty(1, *VIDEO, device="meta"))
    assert {name: dict(vars(module)) for name, module in network.named_modules()} == before
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in network.modules())
    assert not modules._global_forward_hooks
    assert not modules._global_forward_pre_hooks


def test_what_follows_a_caught_error_counts_for_the_module_that_caught_it():
    class Trying(nn.Module):
        def __init__(self):
            super().__init__()
            self.wrong = nn.Linear(7, 7)
            self.weight = nn.Parameter(torch.empty(5, D))

        def forward(self, rows):
            try:
                return self.wrong(rows)
            except RuntimeError:
                return functional.linear(rows, self.weight)

    with torch.device("meta"):
        network = Trying()
        operations, _ = counted(network, torch.empty(1, T, D))
    assert operations.macs == {network: T * D * 5}


def test_what_a_module_does_before_its_forward_is_its_own():
    with torch.device("meta"):
        network = nn.Sequential(nn.Identity())
        weight = torch.empty(D, D)
    network[0].register_forward_pre_hook(lambda _module, inputs: (inputs[0] @ weight,))
    operations, _ = counted(network, torch.empty(1, T, D, device="meta"))
    assert operations.macs == {network[0]: T * D * D}


def test_each_module_gets_the_outputs_of_its_products():
    with torch.device("meta"):
        network = nn.Sequential(nn.Conv3d(3, 4, 3), nn.ReLU(), nn.Flatten(1), nn.Linear(96, 7))
        operations, _ = counted(network, torch.empty(1, *VIDEO))
    assert operations.activations == {network[0]: 4 * 6 * 2 * 2, network[3]: 7}
    assert operations.macs == {network[0]: 3 * 27 * 96, network[3]: 96 * 7}


HARMLESS = {
    *("_cudnn_rnn_flatten_weight", "_linalg_check_errors", "dist", "fft_fftfreq", "fft_rfftfreq"),
    *("linalg__powsum", "linalg_cross", "linalg_vector_norm"),
}
"""Of the operations that are called like a product, those that compute none: checks, layouts,
frequencies, norms and elementwise products."""

LIKE_A_PRODUCT = re.compile(
    r"(mm|mv)(_|$)|dot|conv(?!ert)|linear|attention|rnn|lstm|gru|fft_|dist|linalg|solve|cholesky|"
    r"transformer|addr|matmul|ormqr"
)


def has_kernel(operation, *keys):
    return any(torch._C._dispatch_has_kernel_for_dispatch_key(operation, key) for key in keys)


def products_on_meta():
    """Names of torch's own forward operations that could be products and run on meta tensors."""
    found, made_of_others = set(), set()
    for operation in torch._C._dispatch_get_all_op_names():
        library, _, full = operation.partition("::")
        name, _, overload = full.partition(".")
        if library != "aten" or "backward" in name or overload.endswith("out"):
            continue
        if has_kernel(operation, "CompositeImplicitAutograd"):
            made_of_others.add(name)
        elif LIKE_A_PRODUCT.search(name) and has_kernel(
            operation,
            *("Meta", "CompositeExplicitAutograd", "CompositeExplicitAutogradNonFunctional"),
        ):
            found.add(name)
    return found - made_of_others


def test_every_operation_of_torch_that_could_be_a_product_is_counted_or_named():
    counted = {packet.__name__ for packet in (*flop_registry, *FORMULAS)}
    left = products_on_meta() - counted - OPAQUE
    assert left == HARMLESS & left
    assert counted >= {"mm", "bmm", "addmm", "convolution"}
    assert not OPAQUE & counted
