"""The part of a training side that is set aside to choose the epoch."""

from collections import defaultdict

from bench.errors import BenchError
from bench.protocols import balance
from bench.records import Dataset, Fold, Video


def validation_part(
    fold: Fold, dataset: Dataset, seed: int, share: float = 0.2
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Set a part of the training side aside to choose the epoch, balanced as well as it can be.

    Videos of one subject stay together; where subjects are not published, those of one group
    (movie, recording) do, and otherwise each video stands alone.

    Args:
        fold: its training side is divided; its test side is not looked at.
        dataset: gives subject, group and class of each id.
        seed: another one sets another part aside.
        share: of the training units, in (0, 0.5].

    Returns:
        ids left for training, and ids for validation.

    Raises:
        BenchError: every way to divide leaves a class without a training video.
    """
    train = set(fold.train)
    units: dict[str, list[Video]] = defaultdict(list)
    for video in dataset.videos:
        if video.id in train:
            units[_unit(video)].append(video)
    parts = min(round(1 / share), len(units))
    owner = (
        balance.deal(balance.class_counts(units, dataset.classes), parts, seed=seed)
        if units
        else {}
    )
    wanted = {video.label for videos in units.values() for video in videos}
    for part in range(parts):
        kept = [v for unit, videos in units.items() if owner[unit] != part for v in videos]
        if {video.label for video in kept} == wanted:
            ids = {video.id for video in kept}
            return tuple(sorted(ids)), tuple(sorted(train - ids))
    raise BenchError(
        f"fold {fold.index + 1} has {len(units)} training subjects, and setting a part of them "
        f"aside for validation always takes a class out of training. Select the last epoch."
    )


def _unit(video: Video) -> str:
    for kind, name in (("subject", video.subject), ("group", video.group)):
        if name is not None:
            return f"{kind}:{name}"
    return f"video:{video.id}"
