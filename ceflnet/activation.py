"""The emotional intensity activation network (EIAN): the clips are scored, the strongest wins."""

from torch import Tensor, nn


class EIAN(nn.Module):
    """One score a clip, and the feature of the video: the largest activation over the clips.

    The located clip is the one with the highest score.

    In:  (B, N, D) features of the clips.
    Out: (B, D) feature of the video, and (B, N) scores of the clips, which sum to 1.
    """

    def __init__(self, dim: int = 512) -> None:
        super().__init__()
        self.score = nn.Conv1d(dim, 1, kernel_size=1, bias=False)
        self.strongest = nn.AdaptiveMaxPool1d(1)
        nn.init.kaiming_normal_(self.score.weight, mode="fan_out")

    def forward(self, clips: Tensor) -> tuple[Tensor, Tensor]:
        columns = clips.transpose(1, 2)  # (B, D, N)
        scores = self.score(columns).softmax(dim=2)  # (B, 1, N)
        video = self.strongest(scores * columns).squeeze(2)  # (B, D)
        return video, scores.squeeze(1)
