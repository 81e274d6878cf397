"""Cross-entropy beside the intensity-aware loss (IAL)."""

from torch import Tensor
from torch.nn import functional

from bench.objectives.asked import Objective, Outputs
from bench.objectives.softmax import cross_entropy


def ial(
    weight: float = 0.1, aux_weight: float = 0.05, class_weights: Tensor | None = None
) -> Objective:
    """Cross-entropy + weight x IAL + aux_weight x cross-entropy of `aux_logits`.

    IAL is the cross-entropy of two logits alone, the wanted one and the largest other. A network
    without `aux_logits` (B, K) has no third term, so that this trains any network.

    Source: Li et al., "Intensity-Aware Loss for Dynamic Facial Expression Recognition in the Wild",
        AAAI 2023, with the weights of the authors' code, where a comment speaks of 0.5 for IAL.

    Args:
        weight: of IAL.
        aux_weight: of the auxiliary head.
        class_weights: (K,) of the main term; None: classes weigh the same.
    """
    entropy = cross_entropy(class_weights)

    def objective(outputs: Outputs, labels: Tensor, epoch: int) -> Tensor:
        loss = entropy(outputs, labels, epoch) + weight * _intensity(outputs["logits"], labels)
        if "aux_logits" not in outputs:
            return loss
        aux = functional.cross_entropy(outputs["aux_logits"].float(), labels)
        return loss + aux_weight * aux

    return objective


def _intensity(logits: Tensor, labels: Tensor) -> Tensor:
    logits = logits.float()
    wanted = labels[:, None]
    rival = logits.scatter(1, wanted, -float("inf")).amax(1)  # (B,)
    # -log(e^y / (e^y + e^r)) = log(1 + e^(r - y))
    return functional.softplus(rival - logits.gather(1, wanted).squeeze(1)).mean()
