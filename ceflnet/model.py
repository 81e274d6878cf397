"""CEFLNet as its authors released it."""

from torch import Tensor, nn
from torchvision.models import resnet18

from ceflnet.activation import EIAN
from ceflnet.encoder import ClipEncoder


class CEFLNet(nn.Module):
    """ResNet-18 on every frame, CFE over the frames of a clip, EIAN over the clips, three layers.

    Source: Liu et al., "Clip-aware expressive feature learning for video-based facial expression
        recognition", Inf. Sci. 598 (2022), https://doi.org/10.1016/j.ins.2022.03.062, and the
        authors' code (github.com/CVLab-Liuyuanyuan/CEFLNet), whose first version gives the
        params and MACs printed in the paper's Tables 8 and 9.

    In:  (B, 3, T, H, W) float32, RGB in [0, 1]; T = clips x frames, clip-major; H, W >= 32.
    Out: (B, K) logits.
    Differs: from the paper's equations, as the authors' code does (four heads with residual and
        layer norm, one score a clip for all classes, a classifier of three layers; the equations
        as printed are in `ceflnet.paper`). From the code: all frames of a batch pass the trunk at
        once, so that in training batch norm sees B x T pictures together where the code
        normalises each position of a frame by itself; in evaluation the two are equal.
    Names: `encoder` is the CFE (`attention` SAL, `relation` LRL), `activation` the EIAN.
    """

    def __init__(  # noqa: PLR0913 - one argument for each switch of the ablation
        self,
        num_classes: int,
        *,
        clips: int = 7,
        frames: int = 5,
        sal: bool = True,
        lrl: bool = True,
        eian: bool = True,
        hidden: tuple[int, int] = (128, 64),
    ) -> None:
        """Build the network; the keyword arguments of the ablation switch parts off.

        Args:
            num_classes: K.
            clips: N, clips of one video.
            frames: frames of one clip.
            sal: False leaves the features of the frames as they are.
            lrl: False takes the mean over the frames of a clip.
            eian: False takes the mean over the clips.
            hidden: widths of the classifier; the authors' later, 7-class code has (256, 128).
        """
        super().__init__()
        self.clips, self.frames = clips, frames
        self.trunk = resnet18()
        self.trunk.fc = nn.Identity()  # pyright: ignore[reportAttributeAccessIssue]
        self.encoder = ClipEncoder(512, sal=sal, lrl=lrl)
        self.activation = EIAN(512) if eian else None
        first, second = hidden
        self.head = nn.Sequential(
            nn.Linear(512, first),
            nn.ReLU(),
            nn.Linear(first, second),
            nn.ReLU(),
            nn.Dropout(0.4),
            nn.Linear(second, num_classes),
        )

    def forward(self, video: Tensor) -> Tensor:
        return self.outputs(video)["logits"]

    def outputs(self, video: Tensor) -> dict[str, Tensor]:
        """Everything that one pass gives.

        Returns:
            logits (B, K), features (B, 512) and, unless EIAN is off, clip_scores (B, N).

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
        clips = self.encoder(frames).unflatten(0, (-1, self.clips))  # (B, N, 512)
        if self.activation is None:
            features = clips.mean(1)  # (B, 512)
            return {"logits": self.head(features), "features": features}
        features, scores = self.activation(clips)  # (B, 512), (B, N)
        return {"logits": self.head(features), "features": features, "clip_scores": scores}
