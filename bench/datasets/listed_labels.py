"""The labels of public lists beside those of a dataset: names by class, numbers by their use."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bench.datasets.lists import Listed
from bench.labels import class_of
from bench.records import Dataset


@dataclass(frozen=True, slots=True)
class Labels:
    """What the labels of lists say."""

    coding: Mapping[int, str]
    """The class that each number stands for, as most of its videos have it."""
    contradictions: tuple[str, ...]
    """A sentence without a full stop for every line that says otherwise."""


def compare(ids: Mapping[Listed, str], dataset: Dataset) -> Labels:
    """Set the label of every line beside the one of its video.

    Args:
        ids: line -> id of its video.
        dataset: has these videos.
    """
    classes = {video.id: video.label for video in dataset.videos}
    coded = {line: id for line, id in ids.items() if _is_code(line.label)}
    coding = _coding(coded, classes)
    named = (
        f"{line.where}: {id!r} is {line.label!r}; in the dataset it is {classes[id]!r}"
        for line, id in ids.items()
        if line not in coded and spelled(line.label) != spelled(classes[id])
    )
    found = (*named, *_apart(coded, classes, coding), *_shared(coding))
    return Labels(coding, found)


def _is_code(label: str) -> bool:
    return label.isdecimal() and len(label) < 10


def spelled(label: str) -> str:
    """A label by its class, whatever the spelling; a compound one with its parts sorted."""
    parts = label.strip().lower().split("_")
    return "_".join(sorted(class_of(part) or part for part in parts))


def _coding(coded: Mapping[Listed, str], classes: Mapping[str, str]) -> dict[int, str]:
    uses: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for line, id in coded.items():
        uses[int(line.label)][classes[id]] += 1
    return {code: uses[code].most_common(1)[0][0] for code in sorted(uses)}


def _apart(
    coded: Mapping[Listed, str], classes: Mapping[str, str], coding: Mapping[int, str]
) -> Iterator[str]:
    example: dict[int, str] = {}
    for line, id in coded.items():
        if classes[id] == coding[int(line.label)]:
            example.setdefault(int(line.label), id)
    for line, id in coded.items():
        code = int(line.label)
        if classes[id] != coding[code]:
            yield (
                f"{line.where}: label {code} of {id!r}, which is {classes[id]!r}, is that of "
                f"{example[code]!r}, which is {coding[code]!r}"
            )


def _shared(coding: Mapping[int, str]) -> Iterator[str]:
    first: dict[str, int] = {}
    for code, name in coding.items():
        if first.setdefault(name, code) != code:
            yield f"labels {first[name]} and {code} both stand for {name!r}"
