"""Counting on the meta device, beside counters that compute with real tensors."""

import time

import pytest
import torch

from bench.costs import case_of
from bench.measurement.complexity import count
from bench.registry import load

SHOWN = ("c3d", "c3d-table8", "ceflnet")


def seconds(work):
    began = time.perf_counter()
    answer = work()
    return time.perf_counter() - began, answer


def by_ptflops(network, shape):
    import ptflops

    return ptflops.get_model_complexity_info(
        network,
        shape,
        as_strings=False,
        print_per_layer_stat=False,
        backend="pytorch",
        backend_specific_config={"count_functional": False},
    )[0]


def by_fvcore(network, shape):
    from fvcore.nn import FlopCountAnalysis

    analysis = FlopCountAnalysis(network, torch.rand(1, *shape))
    analysis.unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    return analysis.total()


@pytest.mark.filterwarnings("ignore")  # fvcore traces with what torch is about to drop
@pytest.mark.parametrize("name", SHOWN)
def test_a_network_is_counted(benchmark, name):
    case = case_of(load().models[name])
    counted = benchmark.pedantic(
        lambda: count(case.build, case.input, case.classes), rounds=10, warmup_rounds=2
    )
    fast = benchmark.stats["median"]
    for rival, work in (("ptflops", by_ptflops), ("fvcore", by_fvcore)):
        with torch.no_grad():
            # each side builds its network first, as whoever asks has to
            slow, answer = seconds(lambda work=work: work(case.build().eval(), case.input))
        benchmark.extra_info[rival] = answer
        benchmark.extra_info[f"{rival}_s"] = round(slow, 2)
        benchmark.extra_info[f"ratio_to_{rival}"] = round(slow / fast)
    assert benchmark.extra_info["ptflops"] == counted.complexity.macs_ptflops


def test_all_models_of_the_registry_are_counted(benchmark):
    cases = [case_of(entry) for entry in load().models.values() if entry.kind != "classical"]

    def every():
        return [count(case.build, case.input, case.classes) for case in cases]

    counted = benchmark.pedantic(every, rounds=3, warmup_rounds=1)
    benchmark.extra_info["seconds_an_entry"] = round(benchmark.stats["median"] / len(counted), 3)


@pytest.mark.parametrize("name", ["mvit_v2_s", "swin3d_t", "s3d"])
def test_a_network_of_many_operations_is_counted(benchmark, name):
    from torchvision.models import get_model

    def work():
        return count(lambda: get_model(name), (3, 16, 224, 224), 400)

    counted = benchmark.pedantic(work, rounds=5, warmup_rounds=1)
    assert counted.complexity.macs > 0
