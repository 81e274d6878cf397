"""What is asked of every entry, each kind what it can do: of ours, and of a plugin by its author.

A network is asked on the meta device, where shapes exist and values do not, and then on the CPU at
the smallest input that its block allows. The first broken clause is said; later ones build on it.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.costs import case_of, counted
from bench.errors import BenchError
from bench.records import ModelEntry
from bench.registry import Registry, load, resolve

if TYPE_CHECKING:
    from torch import Tensor, nn

    from bench.objectives import Outputs

CLASSES = 5
"""K of every check: a number that no default is likely to be."""
VIDEOS = 2
"""B of a check; a batch of one is asked beside it."""
FRAMES = 8
"""Length of a video where the entry takes every frame."""
NAMED = 5
"""Parameters that a message names before it counts the rest."""
CLOSE = 1e-3
"""Answers that differ by less than this part of the largest logit are one answer."""


def check(entry: ModelEntry, registry: Registry | None = None, *, values: bool = True) -> None:
    """Build an entry and hold it to the contract of its kind.

    Args:
        entry: a block of a registry.
        registry: where its recipe and objective are; None is ours, the installed ones and those
            of BENCH_REGISTRY.
        values: False asks a network for shapes alone, on the meta device: quick at any size.

    Raises:
        BenchError: the first clause that it breaks, and what to do.
    """
    if entry.kind == "network":
        _check_shapes(entry)
        if values:
            _check_answers(entry)
            _check_gradients(entry, registry or load())
    elif entry.kind == "cost-only":
        counted(case_of(entry))
    elif entry.kind == "classical":
        _check_classical(entry)


# ---------------------------------------------------------------- shapes


def _check_shapes(entry: ModelEntry) -> None:
    """One video of every length that is used, two of an odd size, one frame too many, a step."""
    network = _built(entry, "meta").eval()
    for frames in _lengths(entry):
        _check_outputs(entry, _asked(network, entry, _video(entry, 1, frames)))
    if entry.input.min_size:
        odd = _video(entry, VIDEOS, _frames(entry), (entry.input.min_size + 1) | 1)
        _check_outputs(entry, _asked(network, entry, odd))
    _check_a_wrong_length(network, entry)
    everything = _asked(network.train(), entry, _video(entry, VIDEOS, _frames(entry)))
    _check_outputs(entry, everything)
    _backward(entry, sum(t.sum() for t in everything.values() if t.requires_grad))
    _check_reached(entry, network)


def _check_outputs(entry: ModelEntry, outputs: "Outputs") -> None:
    logits = outputs["logits"]
    videos = len(logits) if logits.dim() else 0
    if tuple(logits.shape) != (videos, CLASSES):
        raise _breach(
            entry,
            f"gives logits of shape {tuple(logits.shape)}; expected (B, K) = (B, {CLASSES}), one "
            f"for each class. Check factory, args and classes_arg of its block.",
        )
    features = outputs.get("features")
    if features is not None and (features.dim() != 2 or len(features) != videos):
        raise _breach(
            entry,
            f"gives features of shape {tuple(features.shape)} for B = {videos}; expected "
            f"(B, D), what its classifier sees.",
        )
    clips = outputs.get("clip_scores")
    if clips is not None and (clips.dim() != 2 or len(clips) != videos):
        raise _breach(
            entry,
            f"gives clip_scores of shape {tuple(clips.shape)} for B = {videos}; expected "
            f"(B, N), one for each clip.",
        )


def _check_a_wrong_length(network: "nn.Module", entry: ModelEntry) -> None:
    """One frame too many is answered or refused with a sentence.

    A network of a library, which has no `outputs`, may raise what it likes: the runner words it.
    """
    from bench import network as at_work

    video = _video(entry, 1, _frames(entry) + 1)
    try:
        _check_outputs(entry, at_work.outputs(network, entry, video))
    except ValueError as error:
        said = str(error)
    except BenchError:
        raise
    except Exception as error:
        if not hasattr(network, "outputs"):
            return
        raise _breach(
            entry,
            f"meets {video.shape[2]} frames with {type(error).__name__}: {_line(error)}. Raise a "
            f"ValueError that says how many it has and how many it expects.",
        ) from error
    else:
        return
    if not said.rstrip().endswith("."):
        raise _breach(
            entry,
            f"refuses {video.shape[2]} frames with {said!r}; expected a sentence that says how "
            f"many it has and how many it expects.",
        )


# ---------------------------------------------------------------- answers


def _check_answers(entry: ModelEntry) -> None:
    """In evaluation: finite logits, one answer however often and beside whomever it is asked."""
    import torch

    network = _built(entry, "cpu").eval()
    video = _video(entry, VIDEOS, _frames(entry), device="cpu")
    with torch.no_grad():
        both = _asked(network, entry, video)
        first = _asked(network, entry, video[:1])
        again = _asked(network, entry, video[:1])
        plain = network(video[:1])
    _check_finite(entry, both)
    _check_no_probabilities(entry, both["logits"])
    _check_clip_scores(entry, both)
    answers = {
        "twice": (again["logits"], "differently. Keep what is random to training"),
        "by forward": (plain, "unlike outputs. Let forward return outputs(video)['logits']"),
        "beside another": (
            both["logits"][:1],
            "differently than by itself. Keep what mixes the videos of a batch to training",
        ),
    }
    for asked, (answer, said) in answers.items():
        if not _close(answer, first["logits"]):
            raise _breach(entry, f"in evaluation answers one video, asked {asked}, {said}.")
    _check_round_trip(entry, network, video[:1], first["logits"])


def _check_finite(entry: ModelEntry, outputs: "Outputs") -> None:
    for name, tensor in outputs.items():
        if tensor.is_floating_point() and not tensor.isfinite().all():
            raise _breach(
                entry,
                f"gives {name} that are not finite, on noise and with random weights. Check its "
                f"divisions and logarithms, and the scale of its input.",
            )


def _check_no_probabilities(entry: ModelEntry, logits: "Tensor") -> None:
    if (logits >= 0).all() and ((logits.sum(1) - 1).abs() < CLOSE).all():
        raise _breach(
            entry,
            "gives probabilities (each row sums to 1); expected logits. Remove the softmax at its "
            "end, as with args: {head_activation: null}.",
        )


def _check_clip_scores(entry: ModelEntry, outputs: "Outputs") -> None:
    clips = outputs.get("clip_scores")
    if clips is not None and ((clips.sum(1) - 1).abs() > CLOSE).any():
        raise _breach(
            entry,
            f"gives clip_scores that sum to {clips.sum(1)[0].item():.3f}; expected 1 for each "
            f"video. Normalise them over the clips.",
        )


def _check_round_trip(
    entry: ModelEntry, network: "nn.Module", video: "Tensor", before: "Tensor"
) -> None:
    """The weights are all that a network is: another one that is given them answers alike."""
    import torch

    other = _built(entry, "cpu", seed=1).eval()
    other.load_state_dict(network.state_dict())
    with torch.no_grad():
        after = _asked(other, entry, video)["logits"]
    if not _close(after, before):
        raise _breach(
            entry,
            "answers otherwise when its state_dict is loaded into another one. Register what is "
            "random at its start as a parameter or a buffer.",
        )


# ---------------------------------------------------------------- gradients


def _check_gradients(entry: ModelEntry, registry: Registry) -> None:
    """One step of training: the objective of the recipe is finite and reaches every parameter."""
    import torch

    recipe = registry.find("recipes", entry.recipe)
    objective = registry.find("objectives", recipe.objective)
    minimised = resolve(objective.factory, f"objective {objective.name!r}")(**objective.args)
    network = _built(entry, "cpu").train()
    labels = torch.arange(VIDEOS) % CLASSES
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(0)
        video = _video(entry, VIDEOS, _frames(entry), device="cpu")
        loss = minimised(_asked(network, entry, video), labels, 0)
        if not torch.isfinite(loss):
            raise _breach(
                entry,
                f"has the loss {loss.item()} under {objective.name!r} before any training; "
                f"expected a finite number.",
            )
        _backward(entry, loss)
    _check_reached(entry, network, f" of {objective.name!r}")
    for name, parameter in network.named_parameters():
        if parameter.grad is not None and not parameter.grad.isfinite().all():
            raise _breach(
                entry,
                f"gets a gradient that is not finite at {name}. Look for a root, a division or a "
                f"logarithm at zero.",
            )


def _backward(entry: ModelEntry, loss: Any) -> None:
    if not getattr(loss, "requires_grad", False):
        raise _breach(
            entry,
            "has no trainable parameter that its outputs depend on. Take detach and no_grad out "
            "of its way, or let its kind be cost-only.",
        )
    loss.backward()


def _check_reached(entry: ModelEntry, network: "nn.Module", whose: str = "") -> None:
    """Every trainable parameter has a gradient or is named in `unused`, and none both."""
    trained = {
        name: p.grad is not None for name, p in network.named_parameters() if p.requires_grad
    }
    for start in entry.unused:
        if not any(name.startswith(start) for name in trained):
            raise _breach(
                entry,
                f"names {start!r} as unused, which begins no name of a trainable parameter. "
                f"Remove it from its block.",
            )
    left = {name for name in trained if name.startswith(entry.unused)} if entry.unused else set()
    silent = [name for name, reached in trained.items() if not reached and name not in left]
    if silent:
        raise _breach(
            entry,
            f"has parameters that no gradient{whose} reaches: {_listed(silent)}. Use them, leave "
            f"them out, or name them in `unused` of its block and say why in its note.",
        )
    if reached := [name for name in trained if trained[name] and name in left]:
        raise _breach(
            entry,
            f"names parameters as unused that a gradient{whose} reaches: {_listed(reached)}. "
            f"Remove them from `unused` of its block.",
        )


# ---------------------------------------------------------------- classical


def _check_classical(entry: ModelEntry) -> None:
    """Features of noise, fitted and scored: shapes, numbers, rows that sum to 1, one answer."""
    from bench.classical import build

    system = build(entry)
    size = entry.input.min_size or entry.input.size
    rng = np.random.default_rng(0)
    shape = (2 * CLASSES, _frames(entry), size, size, 3)
    videos = rng.integers(0, 256, shape, dtype=np.uint8)
    features = [np.asarray(system.features(video)) for video in videos]
    shapes = {row.shape for row in features}
    if len(shapes) != 1 or features[0].ndim != 1:
        said = " and ".join(map(str, sorted(shapes)))
        raise _breach(
            entry, f"gives features of shape {said}; expected (D,), one D for all videos."
        )
    if not np.isfinite(features).all():
        raise _breach(entry, "gives features that are not finite. Check its divisions.")
    if not np.array_equal(features[0], system.features(videos[0])):
        raise _breach(entry, "gives one video other features when asked twice. Seed what it draws.")
    system.fit(np.stack(features), np.arange(2 * CLASSES) % CLASSES, CLASSES)
    scores = np.asarray(system.scores(np.stack(features)))
    if scores.shape != (2 * CLASSES, CLASSES):
        raise _breach(
            entry,
            f"gives scores of shape {scores.shape} for {2 * CLASSES} videos; expected (n, K) = "
            f"{(2 * CLASSES, CLASSES)}.",
        )
    if not np.isfinite(scores).all() or (scores < 0).any() or not _sums_to_one(scores):
        raise _breach(
            entry,
            "gives scores that are no probabilities; expected rows of numbers from 0 that sum to "
            "1. Divide each row by its sum.",
        )


def _sums_to_one(scores: "np.ndarray[Any, Any]") -> bool:
    return bool((np.abs(scores.sum(1) - 1) < CLOSE).all())


# ---------------------------------------------------------------- tools


def _built(entry: ModelEntry, device: str, seed: int = 0) -> "nn.Module":
    import torch

    from bench.network import build

    with torch.random.fork_rng(devices=()), torch.device(device):
        torch.manual_seed(seed)
        try:
            return build(entry, CLASSES)
        except (RuntimeError, NotImplementedError, ValueError) as error:
            raise _breach(
                entry, f"cannot be built on the device {device!r}: {_line(error)}."
            ) from error


def _asked(network: "nn.Module", entry: ModelEntry, video: "Tensor") -> "Outputs":
    """Its outputs; whatever a network raises at an input that its block promises is a breach."""
    import torch

    from bench import network as at_work

    try:
        outputs = at_work.outputs(network, entry, video)
    except BenchError:
        raise
    except Exception as error:
        raise _breach(
            entry,
            f"cannot take {tuple(video.shape)} on the device {video.device.type!r}: "
            f"{type(error).__name__}: {_line(error)}. Its block promises this input: check size, "
            f"min_size, clips, frames and args.",
        ) from error
    for name, tensor in outputs.items():
        if not isinstance(tensor, torch.Tensor):
            raise _breach(entry, f"gives {name} as {type(tensor).__name__}; expected a tensor.")
    if "features" not in outputs and (entry.head or hasattr(network, "outputs")):
        raise _breach(
            entry,
            f"has outputs {', '.join(outputs)}; expected 'features' (B, D) among them, what its "
            f"classifier sees.",
        )
    return outputs


def _video(
    entry: ModelEntry, videos: int, frames: int, size: int | None = None, device: str = "meta"
) -> "Tensor":
    """Noise in place of videos, brought to the scale that the entry asks for."""
    import torch

    side = size or entry.input.min_size or entry.input.size
    noise = torch.Generator().manual_seed(0) if device == "cpu" else None
    pixels = torch.rand((videos, 3, frames, side, side), generator=noise, device=device)
    mean, std = (torch.tensor(row).view(3, 1, 1, 1) for row in (entry.input.mean, entry.input.std))
    return pixels if device == "meta" else (pixels - mean) / std


def _lengths(entry: ModelEntry) -> Iterator[int]:
    lengths = {entry.input.train.length, entry.input.test.length}
    yield from sorted(lengths - {None})  # pyright: ignore[reportArgumentType]
    if None in lengths:
        yield from (1, FRAMES)


def _frames(entry: ModelEntry) -> int:
    return entry.input.train.length or FRAMES


def _close(one: "Tensor", other: "Tensor") -> bool:
    return bool((one - other).abs().max() <= CLOSE * max(float(other.abs().max()), CLOSE))


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _line(error: BaseException) -> str:
    lines: Iterable[str] = str(error).strip().splitlines()
    return next(iter(lines), "no reason").rstrip(".")


def _breach(entry: ModelEntry, said: str) -> BenchError:
    return BenchError(f"model {entry.name!r} {said}")
