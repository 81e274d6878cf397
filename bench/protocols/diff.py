"""Two protocols set side by side: which videos are tested elsewhere, or stand on another side."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bench.records import Fold, Protocol

SHOWN = 10
"""Ids that a sentence names; the rest of them is counted."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A fold of each protocol; folds are counted from 0."""

    a: int
    b: int
    tested_a: int
    tested_b: int
    shared: int
    """Videos that both of them test."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What two protocols do not have in common; a video is named under one reason."""

    equal: bool
    """Same ids, classes, order of folds and combination: the same hash."""
    classes: tuple[tuple[str, ...], tuple[str, ...]] | None
    """Those of both, where they differ."""
    combine: tuple[str, str] | None
    """Those of both, where they differ."""
    pairs: tuple[Pair, ...]
    """Each fold of the first with the one of the second that shares most tested videos."""
    alone_a: tuple[int, ...]
    """Folds of the first that share no tested video with a fold that is left."""
    alone_b: tuple[int, ...]
    only_a: tuple[str, ...]
    """Videos that the second has in no fold."""
    only_b: tuple[str, ...]
    moved: Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]]
    """Videos that are tested in folds which are no pair, with these folds."""
    turned: Mapping[str, tuple[int, str, str]]
    """Other videos with another side in a pair: fold of the first, side in it, side in the second;
    the first such pair."""

    @property
    def reordered(self) -> bool:
        """Whether only the order of the folds differs."""
        same = not (self.classes or self.combine or self.alone_a or self.alone_b)
        return same and not self.equal and not self.videos

    @property
    def videos(self) -> int:
        """How many videos differ in any way."""
        return len(self.only_a) + len(self.only_b) + len(self.moved) + len(self.turned)


def difference(a: Protocol, b: Protocol) -> Difference:
    """Compare the folds of two protocols, whatever their order."""
    ids_a, ids_b = _listed(a.folds), _listed(b.folds)
    pairs = _matched(a.folds, b.folds)
    moved = _moved(a.folds, b.folds, pairs, ids_a & ids_b)
    return Difference(
        equal=a.hash == b.hash,
        classes=(a.classes, b.classes) if a.classes != b.classes else None,
        combine=(a.combine, b.combine) if a.combine != b.combine else None,
        pairs=pairs,
        alone_a=_alone(a.folds, (pair.a for pair in pairs)),
        alone_b=_alone(b.folds, (pair.b for pair in pairs)),
        only_a=tuple(sorted(ids_a - ids_b)),
        only_b=tuple(sorted(ids_b - ids_a)),
        moved=moved,
        turned=_turned(a.folds, b.folds, pairs, (ids_a & ids_b) - moved.keys()),
    )


def verdict(found: Difference, a: str = "A", b: str = "B") -> str:
    """Equal, the same in another order, or how much of what differs, on one line.

    Args:
        found: the difference of two protocols.
        a: name of the first.
        b: name of the second.
    """
    if found.equal:
        return "equal: the same folds"
    if found.reordered:
        return "different: the same folds in another order"
    counts = (
        ("other classes", found.classes),
        ("another combination of folds", found.combine),
        (f"{_plural(found.alone_a, 'fold')} of {a} without a counterpart", found.alone_a),
        (f"{_plural(found.alone_b, 'fold')} of {b} without a counterpart", found.alone_b),
        (f"{_plural(found.only_a, 'video')} only in {a}", found.only_a),
        (f"{_plural(found.only_b, 'video')} only in {b}", found.only_b),
        (f"{_plural(found.moved, 'video')} tested in another fold", found.moved),
        (f"{_plural(found.turned, 'video')} on another side", found.turned),
    )
    return "different: " + ", ".join(text for text, there in counts if there)


def describe(found: Difference) -> list[str]:
    """The verdict, and the first ids of each kind of difference, a line each."""
    lines = [verdict(found)]
    if found.classes:
        lines += [f"  classes of {name}: {', '.join(found.classes[k])}" for k, name in _SIDES]
    if found.combine:
        lines += [f"  folds of {name} combine by: {found.combine[k]}" for k, name in _SIDES]
    for ids, name in ((found.alone_a, "A"), (found.alone_b, "B")):
        if ids:
            lines.append(f"  folds of {name} without a counterpart: {_folds(ids)}")
    lines += _named("only in A", list(found.only_a))
    lines += _named("only in B", list(found.only_b))
    lines += _named(
        "tested in another fold",
        [f"{id} (A {_folds(a)}, B {_folds(b)})" for id, (a, b) in found.moved.items()],
    )
    lines += _named(
        "on another side",
        [f"{id} (fold {k + 1} of A: {a}, B: {b})" for id, (k, a, b) in found.turned.items()],
    )
    return lines


_SIDES = ((0, "A"), (1, "B"))


def _listed(folds: Sequence[Fold]) -> set[str]:
    return {id for fold in folds for id in (*fold.train, *fold.test)}


def _matched(a: Sequence[Fold], b: Sequence[Fold]) -> tuple[Pair, ...]:
    """Folds in pairs, those with the most tested videos in common first, then the same number."""
    tests_a, tests_b = ([set(fold.test) for fold in folds] for folds in (a, b))
    offers = [
        Pair(i, j, len(one), len(other), len(one & other))
        for i, one in enumerate(tests_a)
        for j, other in enumerate(tests_b)
        if one & other
    ]
    pairs: dict[int, Pair] = {}
    taken: set[int] = set()
    for offer in sorted(offers, key=lambda pair: (-pair.shared, pair.a != pair.b, pair.a, pair.b)):
        if offer.a not in pairs and offer.b not in taken:
            pairs[offer.a] = offer
            taken.add(offer.b)
    return tuple(pairs[i] for i in sorted(pairs))


def _alone(folds: Sequence[Fold], matched: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted({fold.index for fold in folds} - set(matched)))


def _moved(
    a: Sequence[Fold], b: Sequence[Fold], pairs: Sequence[Pair], both: set[str]
) -> dict[str, tuple[tuple[int, ...], tuple[int, ...]]]:
    counterpart = {pair.a: pair.b for pair in pairs}
    tested_a, tested_b = _tested(a), _tested(b)
    found: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {}
    for id in sorted(both & tested_a.keys() & tested_b.keys()):
        if {counterpart.get(k) for k in tested_a[id]} != set(tested_b[id]):
            found[id] = (tuple(tested_a[id]), tuple(tested_b[id]))
    return found


def _tested(folds: Sequence[Fold]) -> dict[str, list[int]]:
    tested: defaultdict[str, list[int]] = defaultdict(list)
    for fold in folds:
        for id in fold.test:
            tested[id].append(fold.index)
    return dict(tested)


def _turned(
    a: Sequence[Fold], b: Sequence[Fold], pairs: Sequence[Pair], candidates: set[str]
) -> dict[str, tuple[int, str, str]]:
    found: dict[str, tuple[int, str, str]] = {}
    for pair in pairs:
        one, other = _sides(a[pair.a]), _sides(b[pair.b])
        for id in sorted(candidates):
            sides = one.get(id, "none"), other.get(id, "none")
            if sides[0] != sides[1]:
                found.setdefault(id, (pair.a, *sides))
    return dict(sorted(found.items()))


def _sides(fold: Fold) -> dict[str, str]:
    return dict.fromkeys(fold.train, "train") | dict.fromkeys(fold.test, "test")


def _plural(items: Collection[object], noun: str) -> str:
    return f"{len(items)} {noun}{'' if len(items) == 1 else 's'}"


def _folds(indices: Iterable[int]) -> str:
    numbers = [str(index + 1) for index in indices]
    return f"fold{'' if len(numbers) == 1 else 's'} {', '.join(numbers)}"


def _named(what: str, entries: Sequence[str]) -> list[str]:
    if not entries:
        return []
    more = f", and {len(entries) - SHOWN} more" if len(entries) > SHOWN else ""
    return [f"  {what}: {', '.join(entries[:SHOWN])}{more}"]
