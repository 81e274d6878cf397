"""What must hold in a fold by itself: videos are there and on one side, and so are subjects."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bench.audit.wording import more, plural, where
from bench.records import Dataset, Fold, Protocol, Video


@dataclass(frozen=True, slots=True)
class Problem:
    """What blocks a run, and what to do about it."""

    text: str
    remedy: str


def problems(protocol: Protocol, dataset: Dataset) -> Iterator[Problem]:
    """Empty sides, videos that are not there or there twice, and subjects on both sides."""
    videos = {video.id: video for video in dataset.videos}
    for place, fold in enumerate(protocol.folds):
        name = where(protocol, place)
        for side, ids in (("train", fold.train), ("test", fold.test)):
            if not ids:
                yield Problem(f"{name} has no {side} video.", "Use fewer folds.")
            absent = [id for id in ids if id not in videos]
            if absent:
                yield _absent(absent, dataset, f"{name} lists", side)
        yield from _repeated(fold, name)
        yield from _leaked_subjects(fold, videos, name)


def accounts(protocol: Protocol, dataset: Dataset) -> Iterator[str]:
    """Sentences on the videos that are never tested, or more than once.

    A single fold divides a set into two parts: that one of them is never tested is what it is for.
    """
    tested = Counter(id for fold in protocol.folds for id in fold.test)
    listed = {id for fold in protocol.folds for id in (*fold.train, *fold.test)}
    several = len(protocol.folds) > 1
    trained_only = [id for id in sorted(listed) if several and not tested[id]]
    twice = [id for id in sorted(tested) if tested[id] > 1]
    groups = (
        ("in no fold", [video.id for video in dataset.videos if video.id not in listed]),
        ("trained on and never tested in the folds", trained_only),
        ("tested more than once in the folds", twice),
    )
    for what, ids in groups:
        if ids:
            yield (
                f"{plural(len(ids), 'video')} of {len(dataset.videos)} {what} of "
                f"{protocol.name!r}, the first is {ids[0]!r}."
            )


def _absent(absent: list[str], dataset: Dataset, lists: str, side: str) -> Problem:
    reason = dataset.missing.get(absent[0], "unknown id")
    return Problem(
        f"{lists} {plural(len(absent), 'video')} in {side} that dataset {dataset.name!r} lacks, "
        f"the first is {absent[0]!r} ({reason}).",
        "Complete the dataset, or make the protocol anew.",
    )


def _repeated(fold: Fold, name: str) -> Iterator[Problem]:
    times = Counter((*fold.train, *fold.test))
    repeated = [id for id in times if times[id] > 1]
    if repeated:
        yield Problem(
            f"{name} lists video {repeated[0]!r} {times[repeated[0]]} times"
            f"{more(len(repeated), 'video')}; a video is on one side of a fold, once.",
            "Mend the split.",
        )


def _leaked_subjects(fold: Fold, videos: Mapping[str, Video], name: str) -> Iterator[Problem]:
    # a video on both sides is said by itself
    both = {*fold.train} & {*fold.test}
    train, test = (_subjects(set(ids) - both, videos) for ids in (fold.train, fold.test))
    leaked = sorted(train.keys() & test.keys())
    if leaked:
        who = leaked[0]
        yield Problem(
            f"{name} has subject {who!r} on both sides: {plural(train[who], 'video')} in train "
            f"and {test[who]} in test{more(len(leaked), 'subject')}.",
            "Mend the split, or choose 'loso' or 'subject-<k>-fold'.",
        )


def _subjects(ids: Iterable[str], videos: Mapping[str, Video]) -> Counter[str]:
    found = (videos[id].subject for id in ids if id in videos)
    return Counter(subject for subject in found if subject is not None)
