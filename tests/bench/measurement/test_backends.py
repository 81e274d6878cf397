import functools

import pytest
import torch
from torch import nn

from bench.measurement.backends import backends, fresh_compiler
from bench.measurement.passes import make_ready
from bench.records import Setting

CPU = torch.device("cpu")


def families():
    library = torch.backends
    return (
        *(library.cuda.matmul, library.cudnn.conv, library.cudnn.rnn),
        *(library.mkldnn.matmul, library.mkldnn.conv, library.mkldnn.rnn),
    )


def precisions():
    return [family.fp32_precision for family in families()]


def flags():
    """What the older interface says, and the switches beside the precision."""
    cudnn = torch.backends.cudnn
    return (
        torch.get_float32_matmul_precision(),
        torch.backends.cuda.matmul.allow_tf32,
        cudnn.allow_tf32,
        cudnn.benchmark,
        cudnn.deterministic,
        torch.get_num_threads(),
    )


@pytest.fixture(autouse=True)
def _as_before():
    before, threads = precisions(), torch.get_num_threads()
    yield
    torch.set_float32_matmul_precision("highest")
    torch.backends.cudnn.allow_tf32 = True
    for family, precision in zip(families(), before, strict=True):
        family.fp32_precision = precision
    torch.set_num_threads(threads)


@pytest.mark.parametrize(
    ("precision", "tf32", "products"),
    [("fp32", False, "highest"), ("tf32", True, "high"), ("bf16", False, "highest")],
)
def test_backends_follow_the_setting_and_come_back(precision, tf32, products):
    before = flags(), precisions()
    with backends(Setting("cuda", precision, threads=3)):
        assert flags() == (products, tf32, tf32, True, False, 3)
        assert precisions() == ["tf32" if tf32 else "ieee"] * 6
    assert (flags(), precisions()) == before


def test_backends_come_back_after_an_error():
    before = flags(), precisions()
    with pytest.raises(KeyError), backends(Setting("cuda", "tf32", threads=3)):
        raise KeyError
    assert (flags(), precisions()) == before


@pytest.mark.parametrize("products", ["high", "medium"])
@pytest.mark.parametrize("precision", ["fp32", "tf32"])
def test_a_process_that_asked_for_faster_products_is_given_them_back(products, precision):
    torch.set_float32_matmul_precision(products)
    before = flags(), precisions()
    with backends(Setting("cuda", precision)):
        assert (
            torch.get_float32_matmul_precision() == {"fp32": "highest", "tf32": "high"}[precision]
        )
    assert (flags(), precisions()) == before


@pytest.mark.parametrize("family", range(6))
@pytest.mark.parametrize("given", ["ieee", "tf32"])
def test_a_process_that_uses_the_newer_interface_is_measured_too(family, given):
    families()[family].fp32_precision = given
    before = precisions()
    with backends(Setting("cuda", "fp32")):
        assert flags()[:3] == ("highest", False, False)
        assert precisions() == ["ieee"] * 6
    assert precisions() == before


def test_what_is_turned_on_the_way_is_turned_back():
    before = flags(), precisions()
    with backends(Setting("cuda", "fp32")):
        torch.set_float32_matmul_precision("medium")
        torch.backends.cudnn.conv.fp32_precision = "tf32"
        torch.backends.cudnn.benchmark = False
        torch.set_num_threads(3)
    assert (flags(), precisions()) == before


class Width(nn.Module):
    """Networks of one class and many widths; tells of each pass that no compiler looked at."""

    def __init__(self, width, eager):
        super().__init__()
        self.layer, self.eager = nn.Linear(2, width), eager

    def forward(self, video):
        if not torch.compiler.is_compiling():
            self.eager.append(self.layer.out_features)
        return self.layer(video)


def answers(widths, eager):
    for width in widths:
        ready = make_ready(lambda width=width: Width(width, eager), COMPILED, CPU)
        ready.answer(torch.ones(1, 3, 1, 2, 2))


COMPILED = Setting("cpu", compiled=True)


@pytest.fixture
def _no_kernels(monkeypatch):
    """Networks are traced, and their kernels left as they are: it is the number that counts."""
    monkeypatch.setattr(torch, "compile", functools.partial(torch.compile, backend="eager"))


@pytest.mark.usefixtures("_no_kernels")
def test_every_network_of_one_class_is_compiled():
    eager = []
    with backends(COMPILED), fresh_compiler(COMPILED):
        answers(range(1, 13), eager)
    assert eager == []


@pytest.mark.usefixtures("_no_kernels")
def test_beyond_the_limit_a_network_fails_in_place_of_running_as_it_is(monkeypatch):
    monkeypatch.setattr("bench.measurement.backends.COMPILATIONS", 2)
    eager = []
    with (
        backends(COMPILED),
        fresh_compiler(COMPILED),
        pytest.raises(torch._dynamo.exc.FailOnRecompileLimitHit),
    ):
        answers(range(1, 4), eager)
    assert eager == []


@pytest.mark.usefixtures("_no_kernels")
def test_each_job_begins_and_ends_with_a_fresh_compiler(monkeypatch):
    monkeypatch.setattr("bench.measurement.backends.COMPILATIONS", 2)
    torch.compiler.reset()
    with backends(COMPILED):
        answers(range(1, 3), [])
        with fresh_compiler(COMPILED):
            answers(range(3, 5), [])
        answers(range(5, 7), [])


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_backends_that_turn_tf32_off_give_exact_products():
    one = torch.full((256, 256), 1 + 2**-12, device="cuda")
    with backends(Setting("cuda", "fp32")):
        exact = one @ torch.eye(256, device="cuda")
    assert torch.equal(exact, one)
