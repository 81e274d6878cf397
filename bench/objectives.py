"""What training minimises: each factory gives `f(outputs, labels, epoch) -> scalar`."""

from collections.abc import Callable, Mapping

import torch
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


def binary_cross_entropy() -> Objective:
    """Binary cross-entropy of the softmax probabilities, summed over classes, mean over the batch.

    Source: Liu et al. (CEFLNet), Inf. Sci. 598 (2022), equations 9 to 11.
    """

    def objective(outputs: Outputs, labels: Tensor, epoch: int) -> Tensor:
        del epoch
        logs = outputs["logits"].float().log_softmax(1)  # (B, K)
        wanted = functional.one_hot(labels, logs.shape[1]).bool()
        # 1 - p is 0 in float32 long before a network is that sure: the bound keeps its log finite
        others = torch.log1p(-logs.exp().clamp(max=1 - 1e-6))
        return -torch.where(wanted, logs, others).sum(1).mean()

    return objective
