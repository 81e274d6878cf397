"""Videos that two results answer differently, and the classes and people they belong to."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.measurement.accuracy import NO_ANSWER, predicted
from bench.records import FoldRecord, Prediction

NOBODY = "(no subject)"


@dataclass(frozen=True, slots=True)
class Flip:
    """A test video that one result answers right and the other wrong."""

    seeds: tuple[int, int]
    """Of the first and the second result."""
    video: str
    subject: str
    true: str
    answers: tuple[str, str]
    """Of both; "" where there is none."""

    @property
    def gained(self) -> bool:
        """Wrong in the first, right in the second."""
        return self.answers[1] == self.true


@dataclass(frozen=True, slots=True)
class Share:
    """A class or a person: right before, right after."""

    name: str
    videos: int
    lost: int
    """Right to wrong."""
    gained: int
    """Wrong to right."""

    @property
    def net(self) -> int:
        """Videos that the second has right more than the first."""
        return self.gained - self.lost


@dataclass(frozen=True, slots=True)
class Flips:
    """All answers that can be set side by side."""

    seeds: tuple[tuple[int, int], ...]
    """Seed of the first and of the second result."""
    videos: int
    """Pairs of answers: seeds times videos that both tested."""
    flips: tuple[Flip, ...]
    """In order of seed and video."""
    classes: tuple[Share, ...]
    """In order of the classes."""
    subjects: tuple[Share, ...]
    """Those who take most part in the difference first."""

    @property
    def net(self) -> int:
        """Videos that the second has right more than the first."""
        return sum(share.net for share in self.classes)

    @property
    def most(self) -> tuple[Share, ...]:
        """The fewest people who together make at least half of the net difference."""
        towards = [s for s in self.subjects if s.net * self.net > 0]
        taken: list[Share] = []
        while towards and 2 * abs(sum(s.net for s in taken)) < abs(self.net):
            taken.append(towards.pop(0))
        return tuple(taken)


def flips(a: Sequence[FoldRecord], b: Sequence[FoldRecord]) -> Flips:
    """Set the answers of two results side by side, video by video.

    Seeds that both have are paired with one another; without any, the first seed of each.

    Args:
        a: the folds of one identity.
        b: those of the other.
    """
    ours, theirs = _answers(a), _answers(b)
    shared = sorted(ours.keys() & theirs.keys())
    seeds = tuple((seed, seed) for seed in shared) or ((min(ours), min(theirs)),)
    pairs = [
        (seed, ours[seed[0]][video], theirs[seed[1]][video])
        for seed in seeds
        for video in sorted(ours[seed[0]].keys() & theirs[seed[1]].keys())
    ]
    classes = a[0].request.classes, b[0].request.classes
    named = [
        Flip(
            seed, p.video, p.subject or NOBODY, p.true, (_word(p, classes[0]), _word(q, classes[1]))
        )
        for seed, p, q in pairs
    ]
    flipped = tuple(f for f in named if (f.answers[0] == f.true) != (f.answers[1] == f.true))
    by_class = {share.name: share for share in _shares(named, flipped, lambda f: f.true)}
    people = _shares(named, flipped, lambda f: f.subject)
    net = sum(share.net for share in people)
    return Flips(
        seeds=seeds,
        videos=len(pairs),
        flips=flipped,
        classes=tuple(by_class[name] for name in classes[0] if name in by_class),
        subjects=tuple(sorted(people, key=lambda s: (-s.net if net >= 0 else s.net, s.name))),
    )


def _answers(records: Sequence[FoldRecord]) -> dict[int, dict[str, Prediction]]:
    found: dict[int, dict[str, Prediction]] = {}
    for record in records:
        mine = found.setdefault(record.request.seed, {})
        mine.update({p.video: p for p in record.predictions})
    return found


def _word(prediction: Prediction, classes: Sequence[str]) -> str:
    label = predicted(prediction)
    return "" if label == NO_ANSWER else classes[label]


def _shares(
    every: Sequence[Flip], flipped: Sequence[Flip], of: Callable[[Flip], str]
) -> list[Share]:
    videos = Counter(map(of, every))
    gained = Counter(of(flip) for flip in flipped if flip.gained)
    lost = Counter(of(flip) for flip in flipped if not flip.gained)
    return [Share(name, videos[name], lost[name], gained[name]) for name in sorted(videos)]
