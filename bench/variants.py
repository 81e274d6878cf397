"""Entries that a name makes from another: `resnet18@middle-frame`, `ceflnet@clips=3`."""

from collections.abc import Mapping
from dataclasses import replace

from bench.errors import BenchError, unknown
from bench.records import ModelEntry, Sampling

AND = "+"
"""Between what is changed, as in `ceflnet@clips=3+middle-frame`."""

LENGTHS = ("clips", "frames")
"""What a name may set: clips of a video, frames of a clip."""


def variant(entry: ModelEntry, changes: str) -> ModelEntry:
    """The entry with what stands after the `@` of a name changed.

    Args:
        entry: of the registry.
        changes: `clips=N`, `frames=N` and input transforms, with `+` between them.

    Raises:
        BenchError: a change is unknown, a number is below 1, or the entry cannot have it.
    """
    for change in changes.split(AND):
        key, equals, number = change.partition("=")
        if equals and key in LENGTHS:
            entry = _lengthened(entry, key, number)
        else:
            entry = _transformed(entry, change)
    return entry


def with_length(entry: ModelEntry, key: str, number: int) -> ModelEntry:
    """The entry with another number of clips or of frames of a clip, in training and in a test.

    An argument of that name of the factory follows. An entry that reads all frames of a video reads
    so many of them.

    Args:
        entry: a network.
        key: clips or frames.
        number: at least 1.
    """
    train, test = entry.input.train, entry.input.test
    args: Mapping[str, object] = entry.args
    if key in args:
        args = {**args, key: number}
    if key == "frames" and test.length is None:
        train = test = Sampling("uniform", frames=number)
    else:
        train, test = replace(train, **{key: number}), replace(test, **{key: number})
    return replace(entry, args=args, input=replace(entry.input, train=train, test=test))


def _lengthened(entry: ModelEntry, key: str, number: str) -> ModelEntry:
    if not number.isascii() or not number.isdigit() or int(number) < 1:
        raise BenchError(
            f"model '{entry.name}@{key}={number}': {number!r} is no number of {key}; expected 1 "
            f"or more."
        )
    if entry.kind not in ("network", "classical"):
        raise _shown_nothing(entry, f"{key}={number}")
    if key == "clips" and entry.input.test.rule not in ("clips", "segments"):
        raise BenchError(
            f"model {entry.name!r} sees a video by the rule {entry.input.test.rule!r}, which has "
            f"no clips. Choose a model of the rule clips or segments, or change frames=N."
        )
    if getattr(entry.input.test, key) == int(number):
        return entry  # its own; a sweep passes it
    changed = with_length(entry, key, int(number))
    return _unreported(
        changed,
        f"{key}={number}",
        title=f"{entry.title}, {number} {key if number != '1' else key.removesuffix('s')}",
        note=f"{number} {key} where its entry has {getattr(entry.input.test, key)}",
    )


def _transformed(entry: ModelEntry, transform: str) -> ModelEntry:
    """A sanity row: the same system, trained and tested on videos that lack something."""
    from bench.frames.transforms import TRANSFORMS

    if transform not in TRANSFORMS:
        raise unknown("input transform", transform, (*TRANSFORMS, "clips=N", "frames=N"))
    if entry.kind not in ("network", "classical"):
        raise _shown_nothing(entry, transform)
    return _unreported(
        replace(entry, input=replace(entry.input, transform=transform)),
        transform,
        title=f"{entry.title} @ {transform.replace('-', ' ')}",
        note=f"sanity row: {TRANSFORMS[transform].about}",
    )


def _unreported(entry: ModelEntry, change: str, title: str, note: str) -> ModelEntry:
    """Under a name of its own, and without what papers report of the unchanged system."""
    between = AND if "@" in entry.name else "@"
    return replace(
        entry,
        name=f"{entry.name}{between}{change}",
        title=title,
        reported=(),
        reported_with={},
        reported_cost=(),
        note=note,
    )


def _shown_nothing(entry: ModelEntry, change: str) -> BenchError:
    return BenchError(
        f"model {entry.name!r} is of kind {entry.kind}, which is shown no videos; @{change} needs "
        f"a network or a classical system. Choose another with `bench list models`."
    )
