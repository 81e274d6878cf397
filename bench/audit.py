"""What must hold before a run: no leak in any fold, and every video accounted for."""

from collections import Counter
from collections.abc import Iterable, Mapping

from bench.errors import BenchError
from bench.records import Dataset, Fold, Protocol, Video


def audit(protocol: Protocol, dataset: Dataset) -> tuple[str, ...]:
    """Check every fold, whatever made it, against the dataset.

    Args:
        protocol: the folds that would be run.
        dataset: the videos that are there, with their subjects.

    Returns:
        sentences that do not block a run: videos that are tested never or more than once.

    Raises:
        BenchError: the protocol was made for another dataset or other classes, a fold has an empty
            side, lists a video that is not there, has a video or a subject on both sides.
    """
    _require_same_dataset(protocol, dataset)
    videos = {video.id: video for video in dataset.videos}
    for fold in protocol.folds:
        where = f"fold {fold.index + 1} of {protocol.name!r}"
        _require_present(fold, videos, dataset, where)
        _require_disjoint_videos(fold, where)
        _require_disjoint_subjects(fold, videos, where)
    return _accounts(protocol, videos)


def _require_same_dataset(protocol: Protocol, dataset: Dataset) -> None:
    if protocol.dataset != dataset.name:
        raise BenchError(
            f"protocol {protocol.name!r} was made for dataset {protocol.dataset!r}, not for "
            f"{dataset.name!r}. Choose a protocol of {dataset.name!r}."
        )
    if protocol.classes != dataset.classes:
        raise BenchError(
            f"protocol {protocol.name!r} has the classes {', '.join(protocol.classes)}; dataset "
            f"{dataset.name!r} has {', '.join(dataset.classes)}. Make the protocol anew."
        )


def _require_present(fold: Fold, videos: Mapping[str, Video], dataset: Dataset, where: str) -> None:
    for side, ids in (("train", fold.train), ("test", fold.test)):
        if not ids:
            raise BenchError(f"{where} has no {side} video. Use fewer folds.")
        absent = [id for id in ids if id not in videos]
        if absent:
            reason = dataset.missing.get(absent[0], "unknown id")
            raise BenchError(
                f"{where} lists {_plural(len(absent), 'video')} in {side} that dataset "
                f"{dataset.name!r} lacks, the first is {absent[0]!r} ({reason}). Complete the "
                f"dataset, or make the protocol anew."
            )


def _require_disjoint_videos(fold: Fold, where: str) -> None:
    times = Counter((*fold.train, *fold.test))
    repeated = [id for id in times if times[id] > 1]
    if repeated:
        raise BenchError(
            f"{where} lists video {repeated[0]!r} {times[repeated[0]]} times"
            f"{_more(len(repeated), 'video')}; a video is on one side of a fold, once. "
            f"Mend the split."
        )


def _require_disjoint_subjects(fold: Fold, videos: Mapping[str, Video], where: str) -> None:
    train, test = (_subjects(ids, videos) for ids in (fold.train, fold.test))
    leaked = sorted(train.keys() & test.keys())
    if leaked:
        name = leaked[0]
        raise BenchError(
            f"{where} has subject {name!r} on both sides: {_plural(train[name], 'video')} in train "
            f"and {test[name]} in test{_more(len(leaked), 'subject')}. Mend the split, or choose "
            f"'loso' or 'subject-<k>-fold'."
        )


def _subjects(ids: Iterable[str], videos: Mapping[str, Video]) -> Counter[str]:
    found = (videos[id].subject for id in ids)
    return Counter(subject for subject in found if subject is not None)


def _accounts(protocol: Protocol, videos: Mapping[str, Video]) -> tuple[str, ...]:
    tested = Counter(id for fold in protocol.folds for id in fold.test)
    listed = {id for fold in protocol.folds for id in (*fold.train, *fold.test)}
    groups = (
        ("in no fold", [id for id in videos if id not in listed]),
        (
            "trained on and never tested in the folds",
            [id for id in sorted(listed) if not tested[id]],
        ),
        ("tested more than once in the folds", [id for id in sorted(tested) if tested[id] > 1]),
    )
    return tuple(
        f"{_plural(len(ids), 'video')} of {len(videos)} {what} of {protocol.name!r}, "
        f"the first is {ids[0]!r}."
        for what, ids in groups
        if ids
    )


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _more(count: int, noun: str) -> str:
    return f" (and {_plural(count - 1, f'more {noun}')})" if count > 1 else ""
