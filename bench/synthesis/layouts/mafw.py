"""MAFW with its lists, single and compound, with captions and without."""

from collections.abc import Iterator, Mapping
from itertools import combinations

from bench.synthesis.layout import Layout, Shot
from bench.synthesis.layouts.dealing import fifths, portions, spread
from bench.synthesis.layouts.workbook import workbook

SINGLE = {
    "anger": 1390,
    "disgust": 639,
    "fear": 625,
    "happiness": 1242,
    "neutral": 1138,
    "sadness": 1470,
    "surprise": 1072,
    "contempt": 236,
    "anxiety": 916,
    "helplessness": 262,
    "disappointment": 182,
}
"""Published clips of the single set."""
CLIPS = 10045
"""Published clips in all."""
COMPOUND_FOLDS = (1818, 1809, 1798, 1788, 1783)
"""Published sizes of the test sides of the compound set."""
ALONE = 4938
"""Published clips of the compound set that have one expression."""
TOGETHER = 32
"""Published classes of the compound set that have several expressions."""

_DRAWN = {
    "anger": "angry",
    "happiness": "happy",
    "sadness": "sad",
    "contempt": "disgust",
    "anxiety": "fear",
    "helplessness": "sad",
    "disappointment": "sad",
}
_CAPTION = "一个人的脸\tthe face of a person"
_SETS = "Train & Test Set"


def plan(subjects: int, full: bool) -> Layout:
    """The tree of the loader, one for the single and the compound set, without `faces/`.

    `subjects` counts the clips a class, five at least; each shows another person. In a small tree
    every clip of the single set is in the compound set too, and two classes of several expressions
    follow. An expression that nobody draws is played as its nearest one. The columns of the sheets
    are not published: here they are the clip and its label.
    """
    single, compound = _labels(subjects, full)
    files: dict[str, bytes] = {}
    for name, labels in (("single", single), ("compound", compound)):
        files |= _lists(name, labels)
        rows = [(f"{number}.mp4", label) for number, label in labels.items()]
        files[f"Labels/{'multi' if name == 'compound' else name}_set.xlsx"] = workbook(rows)
    everyone = sorted({**single, **compound})
    shots = [s for n in everyone for s in _shots(n, single.get(n) or compound[n])]
    return Layout(tuple(shots), files)


def _labels(subjects: int, full: bool) -> tuple[dict[str, str], dict[str, str]]:
    """Number -> label in the single and in the compound set."""
    size = max(subjects, 5)
    counts = SINGLE if full else dict.fromkeys(SINGLE, size)
    alone, together = _published() if full else (counts, dict.fromkeys(_mixtures()[:2], size))
    others = CLIPS - sum(SINGLE.values()) if full else 2 * size
    numbers = {f"{n:05}": label for n, label in enumerate(spread({**counts, "": others}), start=1)}
    single = {number: label for number, label in numbers.items() if label}
    compound = dict(_first(single, alone))
    mixed = sorted(numbers.keys() - compound.keys(), key=lambda n: (numbers[n] != "", n))
    compound |= dict(zip(mixed, spread(together), strict=False))
    return single, dict(sorted(compound.items()))


def _first(labels: Mapping[str, str], counts: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """As many of each class as are wanted."""
    left = dict(counts)
    for number, label in labels.items():
        if left[label]:
            left[label] -= 1
            yield number, label


def _published() -> tuple[dict[str, int], dict[str, int]]:
    """Sizes of compound classes, of one and of several expressions, whose fifths are published.

    Fold k is larger than the last one by the number of classes that leave a rest of k or more.
    """
    larger = [size - COMPOUND_FOLDS[-1] for size in COMPOUND_FOLDS]
    rests = [sum(place < more for more in larger) for place in range(len(SINGLE) + TOGETHER)]
    alone = _sizes(ALONE, [*SINGLE.values()], rests[: len(SINGLE)])
    together = _sizes(sum(COMPOUND_FOLDS) - ALONE, [1] * TOGETHER, rests[len(SINGLE) :])
    return dict(zip(SINGLE, alone, strict=True)), dict(zip(_mixtures(), together, strict=True))


def _sizes(total: int, weights: list[int], rests: list[int]) -> list[int]:
    """Sizes that sum to a total and leave these rests in a division by five."""
    runs = portions((total - sum(rests)) // 5, weights)
    return [5 * run + rest for run, rest in zip(runs, rests, strict=True)]


def _mixtures() -> list[str]:
    feelings = [name for name in SINGLE if name != "neutral"]
    pairs = ["_".join(pair) for pair in combinations(feelings, 2)]
    return ["sadness_anxiety_helplessness", *pairs][:TOGETHER]


def _lists(name: str, labels: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    for fold, test in enumerate(fifths(labels), start=1):
        for side, numbers in (("train", sorted(labels.keys() - set(test))), ("test", test)):
            plain = [f"{number}.mp4 {labels[number]}\n" for number in numbers]
            told = [
                f"{number}.mp4\t{labels[number]}\t{_CAPTION}\n"
                for number in numbers
                if labels[number] != "neutral"
            ]
            file = f"set_{fold}/{side}.txt"
            yield f"{_SETS}/{name}/no_caption/{file}", "".join(plain).encode()
            yield f"{_SETS}/{name}/with_caption/{file}", "".join(told).encode("gbk")


def _shots(number: str, label: str) -> Iterator[Shot]:
    first = label.partition("_")[0]
    expression = _DRAWN.get(first, first)
    yield Shot(f"data/clips/{number}.mp4", number, expression, number)
    yield Shot(f"data/frames/{number}", number, expression, number, "{:05d}.png", first=1)
