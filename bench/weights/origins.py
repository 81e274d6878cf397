"""Where first weights come from: nowhere, torchvision, drawn faces, or a file of one's own."""

import hashlib
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from bench.errors import BenchError
from bench.records import ModelEntry, Weights
from bench.weights import files
from bench.weights.synthetic import make_synthetic_trunk, synthetic_path

Watch = Callable[..., Any]

IMAGENET = "resnet18-f37072fd.pth"
"""torchvision's ResNet-18; the digits begin the sha256 of the file."""
IMAGENET_URL = f"https://download.pytorch.org/models/{IMAGENET}"

ORIGINS = ("none", "imagenet", "synthetic")
"""What is known by name; anything else is the name of a file."""


def resolve(
    entry: ModelEntry, asked: str | None, cache: Path, watch: Watch, *, make: bool = True
) -> Weights:
    """The first weights of a model, as a file that lies on this machine.

    Args:
        entry: says which origins it accepts, and which it takes when nothing is asked for.
        asked: none, imagenet, synthetic, the path of a file, or None.
        cache: the folder that keeps downloaded and made files, in `weights/`.
        watch: wraps an iterable to show progress.
        make: train the synthetic trunk where it is missing; else its hash stays unknown.

    Raises:
        BenchError: the model does not accept it, or the file is not here and cannot be had.
    """
    accepted = entry.pretraining.origins if entry.pretraining else ("none",)
    origin = asked or (entry.pretraining.default if entry.pretraining else "none")
    if origin not in accepted:
        return _file(entry, origin, accepted)
    if origin == "none":
        return Weights("none", None)
    if origin == "imagenet":
        return files.known("imagenet", _imagenet(cache))
    if origin == "synthetic":
        if not make and not synthetic_path(cache).exists():
            return Weights("synthetic", None)
        return make_synthetic_trunk(cache, watch)
    raise BenchError(
        f"model {entry.name!r}: origin {origin!r} is in its block and not in this program; "
        f"expected none, imagenet or synthetic. Pass the path of a file instead."
    )


def _file(entry: ModelEntry, asked: str, accepted: tuple[str, ...]) -> Weights:
    path = Path(asked).expanduser()
    if not path.is_file():
        raise BenchError(
            f"weights {asked!r} are no file, and model {entry.name!r} knows "
            f"{', '.join(accepted)} only. Pass one of these or the path of a file."
        )
    # a file called synthetic is not the origin of that name
    return files.known(f"./{path.name}" if path.name in ORIGINS else path.name, path)


def _imagenet(cache: Path) -> Path:
    kept = cache / "weights" / IMAGENET
    for path in (kept, Path(torch.hub.get_dir()) / "checkpoints" / IMAGENET):
        if path.exists():
            _check(path.read_bytes(), str(path))
            return path
    try:
        with urllib.request.urlopen(IMAGENET_URL, timeout=20) as answer:
            data = answer.read()
    except OSError as error:
        raise BenchError(
            f"{IMAGENET} is not here and cannot be downloaded: {error}. Get it from "
            f"{IMAGENET_URL} and put it into {kept.parent}."
        ) from error
    _check(data, IMAGENET_URL)
    files.write(kept, data)
    return kept


def _check(data: bytes, source: str) -> None:
    digest, expected = hashlib.sha256(data).hexdigest(), IMAGENET.split("-")[1].split(".")[0]
    if not digest.startswith(expected):
        raise BenchError(
            f"{source} is not the file that torchvision published: its sha256 begins with "
            f"{digest[:8]}, expected {expected}. Remove it and get it from {IMAGENET_URL}."
        )
