"""DFEW with all three kinds of its pixels, its lists and its sheet of votes."""

from collections.abc import Iterator, Mapping

from bench.synthesis.actions import EXPRESSIONS
from bench.synthesis.layout import Layout, Shot
from bench.synthesis.layouts.dealing import fifths, portions, spread
from bench.synthesis.layouts.workbook import workbook

CLASSES = ("happy", "sad", "neutral", "angry", "surprise", "disgust", "fear")
"""In the order of their codes, 1 to 7."""
USED = (2445, 1894, 2669, 2173, 1469, 145, 902)
"""Published clips with a single label and a usable face, in that order."""
FACELESS, PLURAL, PLURAL_FACELESS = 362, 4313, 104
"""Published clips with a single label and no face; without a single label; of these no face."""

_HEADER = (*(f"{code}{name}" for code, name in enumerate(CLASSES, start=1)), "order", "label")
_SIDES = {"train": "train(single-labeled)", "test": "test(single_labeled)"}

Clip = tuple[str, bool]
"""Its class, empty without a single label, and whether it has a usable face."""


def plan(subjects: int, full: bool) -> Layout:
    """The tree of the loader; each clip shows another person.

    `subjects` counts the clips a class, five at least; a clip without a face and two without a
    single label follow. The train folder is spelled with a hyphen, the test folder with an
    underscore; odd lists write `00001`, even ones `1`. A clip without a face has its video only.
    """
    clips = {f"{n:05}": clip for n, clip in enumerate(spread(_counts(subjects, full)), start=1)}
    rows = [_HEADER, *(_votes(int(number), label) for number, (label, _) in clips.items())]
    lists = _lists({number: label for number, (label, face) in clips.items() if label and face})
    return Layout(
        shots=tuple(shot for number, clip in clips.items() for shot in _shots(number, clip)),
        files={"Annotation/annotation.xlsx": workbook(rows), **lists},
    )


def _counts(subjects: int, full: bool) -> dict[Clip, int]:
    used = USED if full else (max(subjects, 5),) * len(CLASSES)
    lost = portions(FACELESS if full else 1, used)
    plural, faceless = (PLURAL, PLURAL_FACELESS) if full else (2, 1)
    counts = {(name, True): count for name, count in zip(CLASSES, used, strict=True)}
    counts |= {(name, False): count for name, count in zip(CLASSES, lost, strict=True)}
    return counts | {("", True): plural - faceless, ("", False): faceless}


def _votes(order: int, label: str) -> tuple[int, ...]:
    """A row of the sheet: ten votes, the number of the clip, its code."""
    code = CLASSES.index(label) + 1 if label else 0
    votes = [8 * (code == place) for place in range(1, len(CLASSES) + 1)]
    for turn in range(10 - sum(votes)):
        votes[(order + turn) % len(CLASSES)] += 1
    return (*votes, order, code)


def _lists(labels: Mapping[str, str]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for fold, test in enumerate(fifths(labels), start=1):
        for side, numbers in (("train", sorted(labels.keys() - set(test))), ("test", test)):
            lines = ["video_name,label"]
            for number in numbers:
                name = number if fold % 2 else int(number)
                lines.append(f"{name},{CLASSES.index(labels[number]) + 1}")
            text = "".join(f"{line}\n" for line in lines)
            files[f"EmoLabel_DataSplit/{_SIDES[side]}/set_{fold}.csv"] = text.encode()
    return files


def _shots(number: str, clip: Clip) -> Iterator[Shot]:
    label, face = clip
    expression = label or EXPRESSIONS[int(number) % len(EXPRESSIONS)]
    yield Shot(f"Clip/original/{number}.mp4", number, expression, number)
    if face:
        yield Shot(
            f"Clip/clip_224x224/{number}",
            number,
            expression,
            number,
            images="{folder}_{:05d}.jpg",
            first=1,
            height=224,
            width=224,
            close=True,
        )
        yield Shot(
            f"Clip/clip_224x224_16f/{number}",
            number,
            expression,
            number,
            images="{:d}.jpg",
            first=1,
            height=224,
            width=224,
            frames=(16, 16),
            close=True,
        )
