"""What FERAtt minimises: frames classified, embedded around their class, and redrawn."""

import torch
from torch import Tensor
from torch.nn import functional

from bench.objectives.asked import Objective, Outputs, asks, needed
from bench.objectives.softmax import cross_entropy

_NAME = "feratt"


@asks("frame_logits", "embedding", "attended", "target")
def feratt(
    sigma: float = 0.5,
    alpha: float = 2.0,
    redrawn: float = 5.0,
    class_weights: Tensor | None = None,
) -> Objective:
    """Cross-entropy of frames + Gaussian loss of their embedding + distance of redrawn frames.

    Asks for `frame_logits` (B, T, K), `embedding` (B, T, D), `attended` and `target` of one shape;
    all frames of a video have its label.

    - Gaussian loss: each embedding has a probability of each class of the batch,
      exp(-squared distance to the class mean / 2 sigma²), normalised over the classes; the squared
      difference to its label, summed over classes, mean over embeddings.
    - Mix-up in the embedding, one share from Beta(alpha, alpha) a batch, doubles the embeddings.
      Labels are mixed as numbers and compared with class numbers, as the authors did, so that a
      point between two classes is of no class, and is to be near to none.
    - Redrawn frames: mean of tanh(3 |attended - target|). The authors bound this mean by 30, which
      a mean of numbers below 1 never reaches.

    Source: Marrero Fernandez et al., "FERAtt: Facial Expression Recognition with Attention Net",
        CVPRW 2019, and the authors' code.

    Args:
        sigma: width of the Gaussians.
        alpha: of the Beta distribution; 0: no mix-up.
        redrawn: weight of the third term.
        class_weights: (K,) of the cross-entropy; None: classes weigh the same.
    """
    entropy = cross_entropy(class_weights)

    def objective(outputs: Outputs, labels: Tensor, epoch: int) -> Tensor:
        logits = needed(outputs, "frame_logits", _NAME)  # (B, T, K)
        points = needed(outputs, "embedding", _NAME).float().flatten(0, 1)  # (B T, D)
        attended, target = (needed(outputs, name, _NAME) for name in ("attended", "target"))
        frame_labels = labels.repeat_interleave(logits.shape[1])  # (B T,)
        frames = {"logits": logits.flatten(0, 1)}
        gaussian = _gaussian(*_mixed(points, frame_labels, alpha), logits.shape[2], sigma)
        distance = torch.tanh(3 * (attended.float() - target.float()).abs()).mean()
        return entropy(frames, frame_labels, epoch) + gaussian + redrawn * distance

    return objective


def _mixed(points: Tensor, labels: Tensor, alpha: float) -> tuple[Tensor, Tensor]:
    """Points and as many mixed ones; labels as numbers."""
    numbers = labels.float()
    if not alpha:
        return points, numbers
    share = torch.distributions.Beta(alpha, alpha).sample().to(points.device)
    other = torch.randperm(len(points)).to(points.device)
    # of one class exactly its number, which rounding may miss
    blend = torch.where(
        labels == labels[other], numbers, share * numbers + (1 - share) * numbers[other]
    )
    between = share * points + (1 - share) * points[other]
    return torch.cat([points, between]), torch.cat([numbers, blend])


def _gaussian(points: Tensor, numbers: Tensor, classes: int, sigma: float) -> Tensor:
    """Squared difference of class probabilities and labels; a class without point takes no part."""
    labels = torch.arange(classes, device=points.device)
    wanted = (numbers[:, None] == labels).float()  # (M, K)
    counts = wanted.sum(0)  # (K,)
    means = wanted.T @ points / counts.clamp(min=1)[:, None]  # (K, D)
    squares = (points[:, None] - means).square().sum(2)  # (M, K)
    logits = (-squares / (2 * sigma**2)).masked_fill(counts == 0, -float("inf"))
    # as a softmax, which stays itself where every Gaussian is 0 in float32
    return functional.mse_loss(logits.softmax(1), wanted, reduction="sum") / len(points)
