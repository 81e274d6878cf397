"""Scores of parts of the test videos, by an attribute that the dataset gives them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from bench.errors import BenchError, unknown
from bench.measurement import accuracy
from bench.records import Prediction
from bench.tables.metrics import mean
from bench.tables.section import Column, Row, Section, percent, words
from bench.tables.systems import Group, System
from bench.tables.views.choice import MADE, SYSTEM, Choice, restyled

LEAST_VIDEOS = 10
LEAST_SUBJECTS = 5
"""Of fewer, a score says more about the few than about the group."""

_SCORES = {"uar": accuracy.uar, "war": accuracy.war, "macro_f1": accuracy.macro_f1}
_NOT_GIVEN = "(not given)"


class _Asked(NamedTuple):
    """One system with the answers of its folds, seed by seed."""

    system: System
    seeds: tuple[tuple[Prediction, ...], ...]


def subgroups(groups: Sequence[Group], choice: Choice) -> list[Section]:
    """A section each, with a row for each system and value of the attribute.

    Raises:
        BenchError: no test video has such an attribute, or there are several and none is named.
    """
    asked = {g.section.title: [_asked(s) for s in g.systems] for g in groups}
    keys = {
        key
        for systems in asked.values()
        for it in systems
        for answers in it.seeds
        for p in answers
        for key in p.attributes
    }
    by = _by(choice.by, keys)
    return [_section(group, asked[group.section.title], by) for group in groups]


def _asked(system: System) -> _Asked:
    return _Asked(
        system,
        tuple(tuple(p for r in folds for p in r.load().predictions) for folds in system.seeds),
    )


def _by(asked: str, keys: set[str]) -> str:
    if not keys:
        raise BenchError(
            "no stored test video has an attribute to group by. Datasets give them: `bench show "
            "DATASET` says which do."
        )
    if asked and asked not in keys:
        raise unknown("attribute of videos in --by", asked, keys)
    if not asked and len(keys) > 1:
        raise BenchError(
            f"videos have several attributes: {', '.join(sorted(keys))}. Choose one with --by."
        )
    return asked or min(keys)


def _section(group: Group, asked: Sequence[_Asked], by: str) -> Section:
    rows = [row for it in asked for row in _rows(it, by)]
    columns = [
        SYSTEM,
        Column(by, words("value"), "left"),
        Column("Videos", words("videos_shown")),
        Column("Subjects", words("subjects_shown")),
        Column("UAR %", percent("uar"), accuracy=True),
        Column("WAR %", percent("war"), accuracy=True),
        Column("F1 %", percent("macro_f1"), accuracy=True),
        *MADE,
    ]
    notes = [
        "Each group by itself: its UAR runs over the classes that it has, and groups with other "
        "classes do not compare.",
        *_withheld(rows, by),
    ]
    return restyled(group.section, f"by {by}", columns, rows, notes)


def _rows(asked: _Asked, by: str) -> list[dict[str, Any]]:
    """Groups by name; those that are too small without any number of theirs."""
    values = sorted({_value(p, by) for answers in asked.seeds for p in answers})
    return [_row(asked, by, value) for value in values]


def _row(asked: _Asked, by: str, value: str) -> dict[str, Any]:
    mine = [[p for p in answers if _value(p, by) == value] for answers in asked.seeds]
    videos = len({p.video for answers in mine for p in answers})
    named = {p.subject for answers in mine for p in answers}
    subjects = None if None in named else len(named)
    few = videos < LEAST_VIDEOS, subjects is not None and subjects < LEAST_SUBJECTS
    small = any(few)
    return {
        **asked.system.who,
        "attribute": by,
        "value": value,
        "withheld": small,
        "videos": None if small else videos,
        "subjects": None if small else subjects,
        "videos_shown": f"<{LEAST_VIDEOS}" if few[0] else videos,
        "subjects_shown": f"<{LEAST_SUBJECTS}" if few[1] else subjects,
        **{name: None if small else _score(name, mine, asked.system) for name in _SCORES},
    }


def _score(name: str, mine: Sequence[Sequence[Prediction]], system: System) -> float | None:
    classes = system.request.classes
    return mean([_SCORES[name](accuracy.count(answers, classes)) for answers in mine if answers])


def _value(prediction: Prediction, by: str) -> str:
    return str(prediction.attributes.get(by) or _NOT_GIVEN)


def _withheld(rows: Sequence[Row], by: str) -> list[str]:
    names = sorted({row["value"] for row in rows if row["withheld"]})
    if not names:
        return []
    return [
        f"Withheld, with fewer than {LEAST_VIDEOS} videos or {LEAST_SUBJECTS} subjects: {by} "
        f"{', '.join(names)}."
    ]
