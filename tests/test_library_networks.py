"""Networks of libraries have the size and cost that their model zoo prints, by YAML alone."""

from dataclasses import replace

import pytest

from bench import registry
from bench.costs import case_of
from bench.measurement.complexity import count

KINETICS = 400

# params in millions, and 10^9 "FLOPs" (multiply-accumulates) at a side of the input: of X3D from
# https://github.com/facebookresearch/SlowFast/blob/main/MODEL_ZOO.md, of the others from
# https://github.com/facebookresearch/pytorchvideo/blob/main/docs/source/model_zoo.md
ZOO = [
    ("x3d-s", 160, 3.79, 1.96),
    ("x3d-m", 224, 3.79, 4.73),
    ("slow-r50", 256, 32.45, 54.52),
    ("slowfast-r50", 256, 34.57, 65.71),
    ("csn-r101", 256, 22.21, 75.62),
]


@pytest.mark.parametrize(("name", "side", "params_m", "macs_g"), ZOO)
def test_a_library_network_has_the_numbers_of_its_model_zoo(name, side, params_m, macs_g):
    entry = registry.load().find("models", name)
    args = {**entry.args, **({"input_crop_size": side} if "input_crop_size" in entry.args else {})}
    entry = replace(entry, args=args, input=replace(entry.input, size=side), complexity=None)
    case = case_of(entry, KINETICS)
    found = count(case.build, case.input, KINETICS).complexity
    assert found.params / 1e6 == pytest.approx(params_m, abs=0.01)
    assert found.macs == pytest.approx(1e9 * macs_g, rel=0.03)  # theirs has norms in it
