"""Cross-entropy beside a term that brings the features of a class together (EC-STFL)."""

import torch
from torch import Tensor

from bench.objectives.asked import Objective, Outputs, asks, needed
from bench.objectives.softmax import cross_entropy

_TINY = 1e-6


@asks("features")
def released(gamma: float = 10.0, class_weights: Tensor | None = None) -> Objective:
    """Cross-entropy + gamma x attraction within a class x repulsion between classes.

    For each video of a batch: the mean L1 distance of its `features` to those of its class, itself
    counted, times the sum of the reciprocal distances to the other classes over one more than
    their number. The mean over the batch is divided by the size of the batch once more.

    Source: Jiang et al., "DFEW", ACM MM 2020, in the form of the authors' release of 2024,
        https://github.com/CV-AC/ECSTFL.

    Args:
        gamma: weight of the term.
        class_weights: (K,) of the cross-entropy; None: classes weigh the same.
    """
    entropy = cross_entropy(class_weights)

    def objective(outputs: Outputs, labels: Tensor, epoch: int) -> Tensor:
        features = needed(outputs, "features", "ec-stfl").float()
        distances, same = _pairs(features, labels)
        near, far = same.sum(1), (~same).sum(1)
        attraction = (distances * same).sum(1) / (near + _TINY)
        repulsion = ((~same) / (distances + _TINY)).sum(1) / (far + 1 + _TINY)
        term = (attraction * repulsion).mean() / len(labels)
        return entropy(outputs, labels, epoch) + gamma * term

    return objective


@asks("features")
def published(ratio: float = 10.0, class_weights: Tensor | None = None) -> Objective:
    """Cross-entropy + ratio x mean distance within classes / mean distance between classes.

    The paper's idea as others describe it; its exact formula could not be verified. Our reading:
    L1 distances of `features`, means over the pairs of a batch, 0 where a batch has no pair of one
    of the two kinds.

    Source: Jiang et al., "DFEW", ACM MM 2020 (own reading).

    Args:
        ratio: weight of the term.
        class_weights: (K,) of the cross-entropy; None: classes weigh the same.
    """
    entropy = cross_entropy(class_weights)

    def objective(outputs: Outputs, labels: Tensor, epoch: int) -> Tensor:
        features = needed(outputs, "features", "ec-stfl-paper").float()
        distances, same = _pairs(features, labels)
        pairs = same.sum() - len(labels)  # an item is no pair with itself
        within = (distances * same).sum() / pairs.clamp(min=1)
        between = (distances * ~same).sum() / (~same).sum().clamp(min=1)
        term = torch.where((~same).any(), within / (between + _TINY), 0.0)
        return entropy(outputs, labels, epoch) + ratio * term

    return objective


def _pairs(features: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """L1 distances of all pairs, and whether they are of one class, both (B, B)."""
    return torch.cdist(features, features, p=1), labels[:, None] == labels[None]
