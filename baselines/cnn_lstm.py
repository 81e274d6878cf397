"""CNN-LSTM: ResNet-18 on every frame, then an LSTM over the frames."""

from torch import Tensor, nn
from torchvision.models import resnet18


class CNNLSTM(nn.Module):
    """ResNet-18 features of the frames, one LSTM of 256 units, the mean of its steps classified.

    Source: own choice. Liu et al. (CEFLNet), 2022, list a "CNN-LSTM" in Table 6 without
        describing it; this is the plainest network of that name on their trunk.

    In:  (B, 3, T, H, W) float32, RGB in [0, 1]; any T; H, W >= 32.
    Out: (B, K) logits.
    Differs: cannot be compared with the paper's row, which is not specified. The mean of all steps
        rather than the last one, since an expression may be over when the video ends.
    Names: `trunk` has torchvision's names.
    """

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.trunk = resnet18()
        self.trunk.fc = nn.Identity()  # pyright: ignore[reportAttributeAccessIssue]
        self.lstm = nn.LSTM(512, 256, batch_first=True)
        self.head = nn.Linear(256, num_classes)

    def forward(self, video: Tensor) -> Tensor:
        return self.outputs(video)["logits"]

    def outputs(self, video: Tensor) -> dict[str, Tensor]:
        """Logits (B, K) and features (B, 256)."""
        pictures = video.transpose(1, 2).flatten(0, 1)  # (B*T, 3, H, W)
        frames = self.trunk(pictures).unflatten(0, (-1, video.shape[2]))  # (B, T, 512)
        steps, _ = self.lstm(frames)  # (B, T, 256)
        features = steps.mean(1)  # (B, 256)
        return {"logits": self.head(features), "features": features}
