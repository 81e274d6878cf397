"""BAUM-1s beside the acted BAUM-1a, whose codes differ, with lines and files that do not fit."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bench.synthesis.layout import Layout, Shot
from bench.synthesis.layouts.dealing import portions
from bench.synthesis.layouts.workbook import workbook

SPONTANEOUS = {
    "anger": "angry",
    "boredom": "neutral",
    "bothered": "angry",
    "concentrating": "neutral",
    "contempt": "disgust",
    "disgust": "disgust",
    "fear": "fear",
    "happiness": "happy",
    "neutral": "neutral",
    "sadness": "sad",
    "surprise": "surprise",
    "thinking": "neutral",
    "unsure": "neutral",
}
"""State in the order of its code, from 1 -> what is drawn."""
ACTED = ("anger", "boredom", "disgust", "fear", "happiness", "interest", "sadness", "surprise")
"""States of BAUM-1a in the order of their codes, from 1."""
PEOPLE = range(1, 32)
CLIPS = 1222
"""Spontaneous clips, as the paper counts them."""

_HEADER = ("No", "Subject", "Gender", "Clip Name", "Emotion", "Emotion Code")
_AT_ODDS = (15, 7)
"""Subject and number of the clip with the code of happiness and the word of neutral."""
_FIRST = (1, 2, 3, 4, 15)


@dataclass(frozen=True, slots=True)
class _Clip:
    subject: int
    number: int
    state: str

    @property
    def name(self) -> str:
        return f"S{self.subject:03d}_{self.number:03d}"

    def shot(self, part: str) -> Shot:
        person = f"s{self.subject:03d}"
        expression = SPONTANEOUS.get(self.state, "neutral")
        return Shot(f"{part}/{person}/{self.name}.mp4", person, expression, width=200)


def plan(subjects: int, full: bool) -> Layout:
    """The tree of the loader; five people at least, as its five groups need.

    Each shows every state once; at full count they share 1,222 clips of the states in turn, since
    the counts a state in print contradict each other. The last clip of the first person has no
    line, and a line of the acted part has no file.
    """
    others = [person for person in PEOPLE if person not in _FIRST]
    people = sorted([*_FIRST, *others][: len(PEOPLE) if full else max(subjects, len(_FIRST))])
    counts = portions(CLIPS, [1] * len(PEOPLE)) if full else [len(SPONTANEOUS)] * len(people)
    clips = [*_clips(dict(zip(people, counts, strict=True)))]
    extra = _Clip(people[0], counts[0] + 1, "neutral")
    acted = [_Clip(people[0], turn, state) for turn, state in enumerate(ACTED, start=1)]
    parts = {"BAUM1s_MP4 - All": [*clips, extra], "BAUM1a_MP4_all": acted[:-1]}
    return Layout(
        shots=tuple(clip.shot(part) for part, shown in parts.items() for clip in shown),
        files={
            "Annotations_BAUM1s.xlsx": _sheet(clips, [*SPONTANEOUS]),
            "Annotations_BAUM1a.xlsx": _sheet(acted, ACTED),
            **{clip.shot("BAUM1s_MP4 - All").path[:-3] + "srt": b"" for clip in clips},
        },
    )


def _clips(counts: dict[int, int]) -> Iterator[_Clip]:
    states = [*SPONTANEOUS]
    for subject, count in counts.items():
        for number in range(1, count + 1):
            state = states[(subject + number) % len(states)]
            yield _Clip(subject, number, "happiness" if (subject, number) == _AT_ODDS else state)


def _sheet(clips: Iterable[_Clip], states: Sequence[str]) -> bytes:
    rows: list[Sequence[str | int]] = [_HEADER]
    for place, clip in enumerate(clips, start=1):
        word = "neutral" if (clip.subject, clip.number) == _AT_ODDS else clip.state
        code = states.index(clip.state) + 1
        gender = ("male", "female")[clip.subject % 2]
        rows.append((place, clip.subject, gender, clip.name, word, code))
    return workbook(rows)
