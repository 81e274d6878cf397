"""A network small enough to train in a second, and its ways to go wrong."""

import time

import torch
from torch import Tensor, nn


class Tiny(nn.Module):
    """One convolution, mean over space and time, one linear layer.

    In:  (B, 3, T, H, W) float32, RGB in [0, 1].
    Out: (B, K) logits.
    """

    def __init__(self, num_classes: int, *, width: int = 8, fault: str = "") -> None:
        super().__init__()
        self.conv = nn.Conv3d(3, width, (1, 4, 4), stride=(1, 4, 4))
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(width, num_classes)
        self.fault = fault
        self.calls = 0

    def forward(self, video: Tensor) -> Tensor:
        self.calls += 1
        if self.fault == "memory":
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 1 EiB")
        if self.fault == "slow":
            time.sleep(0.2)
        x = torch.relu(self.conv(video)).mean((2, 3, 4))  # (B, width)
        logits = self.head(self.drop(x))
        if self.fault == "shape":
            return logits[:, 1:]
        if self.fault == "softmax":
            return logits.softmax(1)
        if self.fault == "infinite" or (self.fault == "nan-later" and self.calls == 3):
            return logits * float("nan")
        return logits
