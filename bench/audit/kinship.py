"""Videos on both sides of a fold that may share a film or an actor, which nothing proves."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from bench.audit.copies import Sides
from bench.audit.wording import plural, where
from bench.records import Dataset, Protocol, Video


def kinship(protocol: Protocol, dataset: Dataset, sides: Sides) -> Iterator[str]:
    """Sentences on films, recordings and actors on both sides, and on neighbouring numbers."""
    films = {video.id: (video.group,) for video in dataset.videos if video.group}
    actors = {video.id: _actors(video) for video in dataset.videos}
    yield from _shared(protocol, films, sides, ("film or recording", "films or recordings"))
    yield from _shared(protocol, actors, sides, ("actor", "actors"))
    if not films and all(video.subject is None for video in dataset.videos):
        yield from _neighbours(protocol, dataset.videos, sides)


def _actors(video: Video) -> tuple[str, ...]:
    return tuple(name for name in video.attributes.get("actor", "").split(", ") if name)


def _shared(
    protocol: Protocol, kin: Mapping[str, Sequence[str]], sides: Sides, noun: tuple[str, str]
) -> Iterator[str]:
    """Names with videos on both sides, said of the fold that has the most."""
    both = _on_both(kin, sides)
    shared = Counter(
        place for bits in both.values() for place in range(len(protocol.folds)) if bits >> place & 1
    )
    if not shared:
        return
    place, count = min(shared.items(), key=lambda item: (-item[1], item[0]))
    here = {name for name, bits in both.items() if bits >> place & 1}
    videos = [id for id, names in kin.items() if here.intersection(names)]
    train, test = (
        sum(side.get(id, 0) >> place & 1 for id in videos) for side in (sides.train, sides.test)
    )
    names = f"{count} {noun[count > 1]} on both sides, the first is {min(here)!r}"
    yield (
        f"{where(protocol, place)} has {names}, with {plural(train, 'video')} in train and {test} "
        f"in test{_other_folds(len(shared))}."
    )


def _on_both(kin: Mapping[str, Sequence[str]], sides: Sides) -> dict[str, int]:
    """Name -> bits of the folds that have it on both sides."""
    train: defaultdict[str, int] = defaultdict(int)
    test: defaultdict[str, int] = defaultdict(int)
    for id, names in kin.items():
        for name in names:
            train[name] |= sides.train.get(id, 0)
            test[name] |= sides.test.get(id, 0)
    return {name: train[name] & test[name] for name in train if train[name] & test[name]}


def _other_folds(shared: int) -> str:
    return f"; the most of {shared} such folds" if shared > 1 else ""


def _neighbours(protocol: Protocol, videos: Sequence[Video], sides: Sides) -> Iterator[str]:
    """Where nothing tells which videos belong together but their numbers, as in DFEW and MAFW."""
    numbered = {
        (dataset, int(number)): video.id
        for video in videos
        for dataset, _, number in [video.id.partition(":")]
        if number.isdecimal()
    }
    pairs = [
        (id, numbered[dataset, number + 1])
        for (dataset, number), id in numbered.items()
        if (dataset, number + 1) in numbered
    ]
    apart = sum(sides.crossing(pair) is not None for pair in pairs)
    if apart:
        yield (
            f"{apart} of {len(pairs)} pairs of neighbouring numbers are on different sides of a "
            f"fold of {protocol.name!r}, {100 * apart / len(pairs):.1f} %; films are not "
            f"published, and where numbers follow them a film is on both sides."
        )
