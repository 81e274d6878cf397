"""The clip-based feature encoder (CFE): the frames of one clip become one feature."""

import torch
from torch import Tensor, nn


class SelfAttention(nn.Module):
    """SAL: every frame of a clip looks at all frames of the clip; residual and layer norm follow.

    In:  (B, T, D) features of the frames of one clip.
    Out: (B, T, D) attended features.
    """

    def __init__(self, dim: int = 512, heads: int = 4) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(dim, heads, dropout=0.1, batch_first=True)
        self.dropout = nn.Dropout(0.1)
        self.norm = nn.LayerNorm(dim)

    def forward(self, frames: Tensor) -> Tensor:
        attended, _ = self.attention(frames, frames, frames, need_weights=False)
        return self.norm(frames + self.dropout(attended))


class RelationLearning(nn.Module):
    """LRL: each frame, paired with the summary of its clip, is weighted and averaged.

    In:  (B, T, D) features of the frames of one clip, and the same attended by SAL.
    Out: (B, D) feature of the clip.
    """

    def __init__(self, dim: int = 512) -> None:
        super().__init__()
        self.summary = nn.AdaptiveMaxPool1d(1)
        self.dropout = nn.Dropout(0.5)
        self.score = nn.Linear(2 * dim, 1)
        self.project = nn.Linear(2 * dim, dim)

    def forward(self, frames: Tensor, attended: Tensor) -> Tensor:
        summary = self.summary(attended.transpose(1, 2)).transpose(1, 2)  # (B, 1, D)
        pairs = torch.cat([frames, summary.expand_as(frames)], dim=2)  # (B, T, 2D)
        weights = torch.sigmoid(self.score(self.dropout(pairs)))  # (B, T, 1)
        return self.project((weights * pairs).sum(1) / weights.sum(1))  # (B, D)


class FrameMean(nn.Module):
    """What stands in LRL's place when it is switched off: the mean of the attended frames."""

    def forward(self, frames: Tensor, attended: Tensor) -> Tensor:
        del frames
        return attended.mean(1)


class ClipEncoder(nn.Module):
    """CFE: self-attention (SAL), then relation learning (LRL), over the frames of one clip.

    The order of the frames does not matter: nothing in it knows their positions.

    In:  (B, T, D) features of the frames of one clip.
    Out: (B, D) feature of the clip.
    """

    def __init__(self, dim: int = 512, *, sal: bool = True, lrl: bool = True) -> None:
        super().__init__()
        self.attention = SelfAttention(dim) if sal else nn.Identity()
        self.relation = RelationLearning(dim) if lrl else FrameMean()

    def forward(self, frames: Tensor) -> Tensor:
        return self.relation(frames, self.attention(frames))
