"""First weights of a network: found, fetched or made, and laid into it without silent gaps."""

import hashlib
import io
import math
import os
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from bench import registry
from bench.errors import BenchError
from bench.records import ModelEntry, Weights

Watch = Callable[..., Any]

IMAGENET = "resnet18-f37072fd.pth"
"""torchvision's ResNet-18; the digits begin the sha256 of the file."""
IMAGENET_URL = f"https://download.pytorch.org/models/{IMAGENET}"

STILLS, SIZE, SEED = 15_000, 64, 598
"""Drawn pictures that the synthetic trunk is trained on, their side in pixels, their seed."""
STEPS, BATCH, WARMUP, RATE = 240, 64, 40, 1e-3
"""Steps of AdamW, pictures a step, steps of warm-up, highest learning rate; then a cosine to 0."""
PROBE = 14
"""Drawn pictures by which a change of the drawing is noticed."""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of every name, in the file and in the part of the network that it fills."""

    matched: tuple[str, ...] = ()
    """Names in the network that now hold the file's weights."""
    missing: tuple[str, ...] = ()
    """Names in the network for which the file has nothing."""
    unexpected: tuple[str, ...] = ()
    """Names in the file that belong into such a network, but not into this one."""
    skipped: tuple[str, ...] = ()
    """Names in the file that are left out, each with the reason."""


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
        return _weights("imagenet", _imagenet(cache))
    if origin == "synthetic":
        if not make and not synthetic_path(cache).exists():
            return Weights("synthetic", None)
        return make_synthetic_trunk(cache, watch)
    raise BenchError(
        f"model {entry.name!r}: origin {origin!r} is in its block and not in this program; "
        f"expected none, imagenet or synthetic. Pass the path of a file instead."
    )


def load(model: nn.Module, entry: ModelEntry, weights: Weights) -> Report:
    """Lay the weights of a file into the part of a network that takes them.

    Args:
        model: the network; changed in place.
        entry: says which part takes them, and how names are mapped.
        weights: from `resolve`.

    Raises:
        BenchError: the file is no weight file, or nothing in it fits.
    """
    if weights.path is None or entry.pretraining is None:
        return Report()
    part = model.get_submodule(entry.pretraining.module)
    state, own = _read(Path(weights.path)), part.state_dict()
    places = registry.resolve(entry.pretraining.keys, f"model {entry.name!r}")(list(state))
    fitting: dict[str, Tensor] = {}
    unexpected: list[str] = []
    skipped: list[str] = []
    for name, tensor in state.items():
        place = places.get(name)
        if place is None:
            skipped.append(f"{name}: it has no place in this network")
        elif place not in own:
            unexpected.append(name)
        elif own[place].shape != tensor.shape:
            shapes = tuple(tensor.shape), tuple(own[place].shape)
            skipped.append(f"{name}: its shape {shapes[0]} does not fit {shapes[1]} of {place}")
        else:
            fitting[place] = tensor
    if not fitting:
        raise BenchError(
            f"none of the {len(state)} tensors in {weights.path} fits model {entry.name!r}; "
            f"expected names and shapes of {_named(list(own))}. Pass a file made for this network."
        )
    part.load_state_dict(fitting, strict=False)
    missing = tuple(name for name in own if name not in fitting)
    return Report(tuple(fitting), missing, tuple(unexpected), tuple(skipped))


def make_synthetic_trunk(cache: Path, watch: Watch) -> Weights:
    """A ResNet-18 that was trained to name the expressions of drawn faces; made once, then kept.

    The people in those pictures are in no dataset. One environment gives the same bits each time;
    a change of the drawing or of the training gives another file.

    Args:
        cache: the folder under which `weights/` keeps it.
        watch: wraps an iterable to show progress.
    """
    from bench.synthesis.stills import stills

    path = synthetic_path(cache)
    if not path.exists():
        told = watch([STILLS], f"synthetic trunk: drawing {STILLS} faces", 1)
        ((pictures, labels),) = [stills(count, SIZE, SEED) for count in told]
        state = _train(torch.from_numpy(pictures), torch.from_numpy(labels), watch)
        buffer = io.BytesIO()
        torch.save(state, buffer)
        _write(path, buffer.getvalue())
    return _weights("synthetic", path)


def synthetic_path(cache: Path) -> Path:
    """Where the synthetic trunk lies, or will; its name changes with the drawing."""
    return cache / "weights" / f"synthetic-resnet18-{_version()}.pth"


def _version() -> str:
    from bench.synthesis.stills import stills

    pictures, labels = stills(PROBE, SIZE, SEED)
    training = repr((STILLS, SIZE, SEED, STEPS, BATCH, WARMUP, RATE)).encode()
    return hashlib.sha256(pictures.tobytes() + labels.tobytes() + training).hexdigest()[:8]


def _train(pictures: Tensor, labels: Tensor, watch: Watch) -> dict[str, Tensor]:
    from torchvision.models import resnet18

    draw = torch.Generator().manual_seed(SEED)
    epochs = math.ceil(STEPS * BATCH / len(labels))
    order = torch.cat([torch.randperm(len(labels), generator=draw) for _ in range(epochs)])
    with torch.random.fork_rng():
        torch.manual_seed(SEED)
        network = resnet18(num_classes=int(labels.max()) + 1)
    optimizer = torch.optim.AdamW(network.parameters(), RATE)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min(1, (step + 1) / WARMUP) * (1 + math.cos(math.pi * step / STEPS)) / 2,
    )
    for step in watch(range(STEPS), "synthetic trunk: training", STEPS):
        chosen = order[step * BATCH : (step + 1) * BATCH]
        batch = pictures[chosen].permute(0, 3, 1, 2).float() / 255
        with torch.autocast("cpu", torch.bfloat16):
            loss = nn.functional.cross_entropy(network(batch), labels[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return network.state_dict()


def _file(entry: ModelEntry, asked: str, accepted: tuple[str, ...]) -> Weights:
    path = Path(asked).expanduser()
    if entry.pretraining is None:
        raise BenchError(
            f"model {entry.name!r} takes no weights from elsewhere, and {asked!r} is asked for. "
            f"Leave --weights out, or add pretraining to its block."
        )
    if not path.is_file():
        raise BenchError(
            f"weights {asked!r} are no file, and model {entry.name!r} knows "
            f"{', '.join(accepted)} only. Pass one of these or the path of a file."
        )
    return _weights(path.name, path)


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
    _write(kept, data)
    return kept


def _check(data: bytes, source: str) -> None:
    digest, expected = hashlib.sha256(data).hexdigest(), IMAGENET.split("-")[1].split(".")[0]
    if not digest.startswith(expected):
        raise BenchError(
            f"{source} is not the file that torchvision published: its sha256 begins with "
            f"{digest[:8]}, expected {expected}. Remove it and get it from {IMAGENET_URL}."
        )


def _weights(origin: str, path: Path) -> Weights:
    return Weights(origin, hashlib.sha256(path.read_bytes()).hexdigest(), str(path))


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.write_bytes(data)
    unfinished.replace(path)


def _read(path: Path) -> dict[str, Tensor]:
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged pickle can end in any of them
        raise BenchError(
            f"weights {path} cannot be read: {_first_line(error)}. Expected a state dict saved by "
            f"torch.save that holds tensors and plain values only. Get the file again."
        ) from error
    while isinstance(content, Mapping) and isinstance(content.get("state_dict"), Mapping):
        content = content["state_dict"]
    if not isinstance(content, Mapping):
        raise BenchError(
            f"weights {path} hold a {type(content).__name__}; expected a state dict, names with "
            f"tensors. Save the network's state_dict()."
        )
    tensors = {str(name): value for name, value in content.items() if isinstance(value, Tensor)}
    # networks trained on several devices carry one more name in front
    return {name.removeprefix("module."): value for name, value in tensors.items()}


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__).rstrip(".")


def _named(names: list[str]) -> str:
    return f"{names[0]} ... {names[-1]}"
