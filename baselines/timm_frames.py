"""Image networks of timm on every frame: the frame features are averaged, then classified."""

import timm
from torch import Tensor, nn


class TimmFrames(nn.Module):
    """An image network of timm on each frame, the mean of the frames' features, one linear layer.

    Source: the networks of Wightman, "PyTorch Image Models",
        https://github.com/huggingface/pytorch-image-models; the mean over frames is own choice.

    In:  (B, 3, T, H, W) float32, RGB, normalised as the network's weights ask; any T.
    Out: (B, K) logits.
    Names: `trunk` has timm's names.
    """

    def __init__(self, num_classes: int, *, network: str) -> None:
        """Build the network with random weights.

        Args:
            num_classes: K.
            network: name of a timm network, as `resnet50` or `convnext_tiny`.
        """
        super().__init__()
        self.trunk = timm.create_model(network, pretrained=False, num_classes=0)
        width: int = self.trunk.num_features  # pyright: ignore[reportAssignmentType]
        self.head = nn.Linear(width, num_classes)

    def forward(self, video: Tensor) -> Tensor:
        return self.outputs(video)["logits"]

    def outputs(self, video: Tensor) -> dict[str, Tensor]:
        """Logits (B, K) and features (B, D), the mean over the frames."""
        B, _, T, _, _ = video.shape
        pictures = video.transpose(1, 2).flatten(0, 1)  # (B*T, 3, H, W)
        features = self.trunk(pictures).unflatten(0, (B, T)).mean(1)  # (B, D)
        return {"logits": self.head(features), "features": features}
