"""Cross-entropies of the class probabilities."""

import torch
from torch import Tensor
from torch.nn import functional

from bench.objectives.asked import Objective, Outputs, takes_shares


@takes_shares
def cross_entropy(class_weights: Tensor | None = None) -> Objective:
    """Softmax cross-entropy of the logits (B, K) with the labels, mean over the batch.

    Args:
        class_weights: (K,); None: classes weigh the same.
    """
    return label_smoothing(0.0, class_weights)


@takes_shares
def label_smoothing(smoothing: float = 0.1, class_weights: Tensor | None = None) -> Objective:
    """Cross-entropy whose wanted class has probability `1 - smoothing + smoothing / K`.

    Source: Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", CVPR 2016,
        section 7.

    Args:
        smoothing: what is spread evenly over the K classes, in [0, 1].
        class_weights: (K,); None: classes weigh the same.
    """

    def objective(outputs: Outputs, labels: Tensor, epoch: int) -> Tensor:
        del epoch
        logits = outputs["logits"].float()
        weights = None if class_weights is None else class_weights.to(logits.device)
        return functional.cross_entropy(logits, labels, weights, label_smoothing=smoothing)

    return objective


@takes_shares
def binary_cross_entropy() -> Objective:
    """Binary cross-entropy of the softmax probabilities, summed over classes, mean over the batch.

    Source: Liu et al. (CEFLNet), Inf. Sci. 598 (2022), equations 9 to 11.
    """

    def objective(outputs: Outputs, labels: Tensor, epoch: int) -> Tensor:
        del epoch
        logs = outputs["logits"].float().log_softmax(1)  # (B, K)
        wanted = labels if labels.dim() > 1 else functional.one_hot(labels, logs.shape[1])
        # 1 - p is 0 in float32 long before a network is that sure: the bound keeps its log finite
        others = torch.log1p(-logs.exp().clamp(max=1 - 1e-6))
        return -(wanted * logs + (1 - wanted) * others).sum(1).mean()

    return objective
