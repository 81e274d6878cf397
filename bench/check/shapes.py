"""Whether a network of the registry gives one logit a class, seen on the meta device."""

import torch

from bench.costs import Case
from bench.errors import BenchError


def check_shapes(case: Case) -> None:
    """Ask for two videos of each length that the entry trains and tests with.

    Raises:
        BenchError: the outputs are not (2, K).
    """
    spec = case.entry.input
    with torch.device("meta"):
        network = case.build().eval()
    for length in sorted({spec.train.length, spec.test.length, case.input[1]} - {None}):
        video = torch.empty((2, 3, length, spec.size, spec.size), device="meta")
        with torch.no_grad():
            outputs = network(video)
        shape = tuple(outputs.shape) if isinstance(outputs, torch.Tensor) else type(outputs)
        if shape != (2, case.classes):
            raise BenchError(
                f"model {case.entry.name!r} gives outputs of shape {shape} for two videos of "
                f"{length} frames; expected {(2, case.classes)}. Check factory and args of its "
                f"block."
            )
