"""What training minimises: each factory gives `f(outputs, labels, epoch) -> scalar`."""

from collections.abc import Callable, Mapping

from torch import Tensor
from torch.nn import functional

Outputs = Mapping[str, Tensor]
Objective = Callable[[Outputs, Tensor, int], Tensor]


def cross_entropy() -> Objective:
    """Softmax cross-entropy of the logits (B, K) with the labels (B,), mean over the batch."""

    def objective(outputs: Outputs, labels: Tensor, epoch: int) -> Tensor:
        del epoch
        return functional.cross_entropy(outputs["logits"].float(), labels)

    return objective
