"""An entry with a trunk, its network, and files of weights."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torchvision.models import resnet18

from bench.records import InputSpec, ModelEntry, Pretraining, Sampling, Weights
from bench.weights import synthetic

FRAMES = Sampling("uniform", frames=4)
INPUT = InputSpec(FRAMES, FRAMES, 64)


class Net(nn.Module):
    """A trunk with torchvision's names, and a head."""

    def __init__(self):
        super().__init__()
        self.trunk = resnet18()
        self.trunk.fc = nn.Identity()
        self.head = nn.Linear(512, 7)


@pytest.fixture
def net() -> Net:
    return Net()


@pytest.fixture
def entry() -> Callable[..., ModelEntry]:
    """An entry whose trunk takes weights; its pretraining can be changed."""

    def make(**pretraining: Any) -> ModelEntry:
        given = {
            "module": "trunk",
            "keys": "baselines.resnet18:trunk_keys",
            "origins": ("none", "imagenet", "synthetic"),
            **pretraining,
        }
        return ModelEntry(
            name="net",
            title="Net",
            kind="network",
            factory="",
            source="",
            input=INPUT,
            recipe="common",
            pretraining=Pretraining(**given),
        )

    return make


@pytest.fixture
def bare_entry() -> ModelEntry:
    """An entry that says nothing about weights."""
    return ModelEntry("bare", "", "network", "", "", INPUT, "common")


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., Weights]:
    """Writes a file as others do, and gives it as `resolve` does."""

    def write(content: object, name: str = "some.pth", **how: Any) -> Weights:
        path = tmp_path / name
        torch.save(content, path, **how)
        return Weights(name, None, str(path))

    return write


@pytest.fixture
def quiet() -> Callable[..., Any]:
    return lambda items, description, total: items


@pytest.fixture
def drawn(monkeypatch):
    """A drawing of nothing, small enough to train on in a moment."""
    calls = []

    def stills(count, size, seed):
        calls.append(count)
        rng = np.random.default_rng([size, seed])
        labels = np.arange(count) % 7
        pictures = rng.integers(0, 36, (count, size, size, 3)) + 36 * labels[:, None, None, None]
        return pictures.astype(np.uint8), labels.astype(np.int64)

    monkeypatch.setattr("bench.synthesis.stills.stills", stills)
    for name, value in {"STILLS": 21, "SIZE": 32, "STEPS": 2, "BATCH": 7, "WARMUP": 2}.items():
        monkeypatch.setattr(synthetic, name, value)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # so little work is slower on more
    yield calls
    torch.set_num_threads(threads)
