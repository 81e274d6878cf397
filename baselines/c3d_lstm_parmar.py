"""C3D-LSTM as its authors built it: a frozen Sports-1M C3D describes clips, an LSTM joins them."""

from collections import OrderedDict

from torch import Tensor, nn


def conv(inputs: int, outputs: int) -> nn.Conv3d:
    """A 3×3×3 convolution that keeps the size."""
    return nn.Conv3d(inputs, outputs, kernel_size=3, padding=1)


def c3d_to_fc6() -> nn.Sequential:
    """C3D up to the ReLU after fc6: (B, 3, 16, 112, 112) to (B, 4096); layers named as in C3D."""
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    widths = (3, 64, 128, 256, 256, 512, 512, 512, 512)
    names = ("conv1", "conv2", "conv3a", "conv3b", "conv4a", "conv4b", "conv5a", "conv5b")
    pools = {
        "conv1": nn.MaxPool3d((1, 2, 2)),
        **{name: nn.MaxPool3d(2) for name in ("conv2", "conv3b", "conv4b")},
        "conv5b": nn.MaxPool3d(2, padding=(0, 1, 1)),
    }
    for name, inputs, outputs in zip(names, widths[:-1], widths[1:], strict=True):
        layers[name] = conv(inputs, outputs)
        layers[f"relu_{name}"] = nn.ReLU()
        if name in pools:
            layers[f"pool_{name}"] = pools[name]
    layers["flatten"] = nn.Flatten()
    layers["fc6"] = nn.Linear(8192, 4096)
    layers["relu_fc6"] = nn.ReLU()
    for layer in layers.values():
        if isinstance(layer, nn.Conv3d | nn.Linear):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    return nn.Sequential(layers)


class C3DLSTMParmar(nn.Module):
    """C3D to fc6 on each clip of 16 frames, not trained; an LSTM of 256 units over the clips.

    Source: Parmar & Morris, "Learning To Score Olympic Events", CVPRW 2017,
        https://arxiv.org/abs/1611.05125, and their PyTorch code
        (github.com/ParitoshParmar/C3D-LSTM--PyTorch).

    In:  (B, 3, T, 112, 112) float32, RGB, normalised as ImageNet; T = clips x 16, clip-major.
    Out: (B, K) logits.
    Differs: K classes in place of one regressed score. All six clips of 96 frames are used; the
        loop of the authors' code ends one early. Meant for the Sports-1M weights: without a file
        the frozen layers are random, and only the LSTM learns.
    Names: `trunk` has the names of the published Sports-1M file.
    """

    def __init__(self, num_classes: int, *, clips: int = 6, frozen: bool = True) -> None:
        super().__init__()
        self.clips = clips
        self.trunk = c3d_to_fc6().requires_grad_(not frozen)
        self.lstm = nn.LSTM(4096, 256, batch_first=True)
        self.head = nn.Linear(256, num_classes)

    def forward(self, video: Tensor) -> Tensor:
        return self.outputs(video)["logits"]

    def outputs(self, video: Tensor) -> dict[str, Tensor]:
        """Logits (B, K) and features (B, 256), the last step of the LSTM.

        Raises:
            ValueError: T is no multiple of the clips.
        """
        if video.shape[2] % self.clips:
            raise ValueError(
                f"the video has {video.shape[2]} frames; expected a multiple of {self.clips} clips."
            )
        clips = video.unflatten(2, (self.clips, -1))  # (B, 3, N, 16, 112, 112)
        clips = clips.transpose(1, 2).flatten(0, 1)  # (B*N, 3, 16, 112, 112)
        described = self.trunk(clips).unflatten(0, (-1, self.clips))  # (B, N, 4096)
        steps, _ = self.lstm(described)  # (B, N, 256)
        features = steps[:, -1]  # (B, 256)
        return {"logits": self.head(features), "features": features}
