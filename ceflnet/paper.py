"""CEFLNet as the equations of its paper are printed."""

import math

import torch
from torch import Tensor, nn
from torchvision.models import resnet18


class CEFLNetPaper(nn.Module):
    """ResNet-18 on every frame, then equations 1 to 10 of the paper and nothing else.

    Source: Liu et al., "Clip-aware expressive feature learning for video-based facial expression
        recognition", Inf. Sci. 598 (2022), https://doi.org/10.1016/j.ins.2022.03.062.

    In:  (B, 3, T, H, W) float32, RGB in [0, 1]; T = clips x frames, clip-major; H, W >= 32.
    Out: (B, K) logits.
    Differs: where the paper leaves it open, the clip's summary (eq 2) is a maximum over its
        frames, and logit c is read from the feature v_c of its own class (eq 8 to 10), since the
        scores of the clips are per class. Returns logits; the paper ends in a softmax.
    Names: `q0`, `q1`, `q2` and `w` are the paper's; `query`, `key`, `value` give I_Q, I_K, I_V.
    """

    def __init__(self, num_classes: int, *, clips: int = 7, frames: int = 5) -> None:
        super().__init__()
        self.clips, self.frames = clips, frames
        self.trunk = resnet18()
        self.trunk.fc = nn.Identity()  # pyright: ignore[reportAttributeAccessIssue]
        self.query = nn.Linear(512, 512, bias=False)
        self.key = nn.Linear(512, 512, bias=False)
        self.value = nn.Linear(512, 512, bias=False)
        self.q0 = nn.Linear(1024, 1, bias=False)
        self.q1 = nn.Linear(512, 512)
        self.w = nn.Conv1d(512, num_classes, kernel_size=1, bias=False)
        self.q2 = nn.Linear(512, num_classes)

    def forward(self, video: Tensor) -> Tensor:
        return self.outputs(video)["logits"]

    def outputs(self, video: Tensor) -> dict[str, Tensor]:
        """Everything that one pass gives; features and clip scores are the predicted class's.

        Returns:
            logits (B, K), features (B, 512), clip_scores (B, N).

        Raises:
            ValueError: T is not clips x frames.
        """
        if video.shape[2] != self.clips * self.frames:
            raise ValueError(
                f"the video has {video.shape[2]} frames; "
                f"expected {self.clips} clips x {self.frames} frames."
            )
        pictures = video.transpose(1, 2).flatten(0, 1)  # (B*T, 3, H, W)
        frames = self.trunk(pictures).unflatten(0, (-1, self.frames))  # (B*N, T/N, 512)
        clips = self.encode(frames).unflatten(0, (-1, self.clips))  # (B, N, 512)
        scores = self.w(clips.transpose(1, 2)).softmax(dim=2)  # (B, K, N), eq 5
        maps = scores.unsqueeze(3) * clips.unsqueeze(1)  # (B, K, N, 512), eq 7
        features = maps.amax(2)  # (B, K, 512), eq 8
        logits = torch.einsum("bkd,kd->bk", features, self.q2.weight) + self.q2.bias  # eq 9 and 10
        rows, predicted = torch.arange(len(logits), device=logits.device), logits.argmax(1)
        return {
            "logits": logits,
            "features": features[rows, predicted],
            "clip_scores": scores[rows, predicted],
        }

    def encode(self, frames: Tensor) -> Tensor:
        """The feature of a clip from those of its frames, (B, T, 512) to (B, 512): eq 1 to 3."""
        relation = self.query(frames) @ self.key(frames).transpose(1, 2) / math.sqrt(512)
        attended = relation.softmax(dim=2) @ self.value(frames)  # (B, T, 512), eq 1
        summary = attended.amax(1, keepdim=True).expand_as(attended)
        weights = self.q0(torch.cat([summary, attended], dim=2)).sigmoid()  # (B, T, 1), eq 2
        return self.q1((weights * attended).sum(1) / weights.sum(1))  # (B, 512), eq 3
