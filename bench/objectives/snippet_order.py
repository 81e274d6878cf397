"""Cross-entropy beside that of the order in which a network was shown its clips."""

from torch import Tensor
from torch.nn import functional

from bench.objectives.asked import Objective, Outputs, asks, needed, takes_shares
from bench.objectives.softmax import cross_entropy


@asks("order_logits", "order")
@takes_shares
def snippet_order(weight: float = 0.1428, class_weights: Tensor | None = None) -> Objective:
    """Cross-entropy + weight x cross-entropy of `order_logits` (B, P) with `order` (B,).

    Source: Liu et al., "Expression Snippet Transformer for Robust Video-based Facial Expression
        Recognition", Pattern Recognition 138 (2023), and the authors' code.

    Args:
        weight: of the second term.
        class_weights: (K,) of the main term; None: classes weigh the same.
    """
    entropy = cross_entropy(class_weights)

    def objective(outputs: Outputs, labels: Tensor, epoch: int) -> Tensor:
        guess = needed(outputs, "order_logits", "snippet-order").float()
        order = needed(outputs, "order", "snippet-order")
        loss = entropy(outputs, labels, epoch)
        return loss + weight * functional.cross_entropy(guess, order)

    return objective
