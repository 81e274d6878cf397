"""Table 7 of the paper: how often the clip that a model weighs most shows the apex."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from bench.measurement.localisation import ASIDE, RULE, Located, locate
from bench.records import FoldRecord
from bench.tables.key import Key, apart, key_of, title_of
from bench.tables.paper.columns import compared, numbers, optional, origin
from bench.tables.paper.notes import about_numbers, named
from bench.tables.paper.scores import Outcome, Records, Scored, cells, proportion, whom
from bench.tables.paper.settings import Known, Run, whole
from bench.tables.section import NOTHING, Column, Row, Section, percent, words

APEX = (
    "An apex is marked by MMI (onset-apex-offset markers of action units), by CK+ (the last frame "
    "of a sequence, which CEFLNet's clips never reach), by the synthetic faces, and in lists of "
    "one's own with apex_first and apex_last. BU-4DFE, AFEW and DFEW mark none; the paper does not "
    "say what it compared with."
)

UNMARKED = frozenset({"BU-3DFE", "AFEW 8.0", "DFEW"})
"""Datasets of the paper that mark no apex, by the names that it gives them."""


def measure(records: Records) -> dict[str, Any]:
    """Share of the videos that can be asked about in which the located clip shows the apex.

    Returns:
        what `proportion` gives, with `chance`, a fraction over the same videos; `asked`, how many
        these are; and how many cannot be asked about, by the reasons of `ASIDE`. A video counts
        once, under however many seeds it was tested.
    """
    found = [(p.video, locate(p)) for seed in records for r in seed for p in r.predictions]
    chances = [said.chance for _, said in found if isinstance(said, Located)]
    asked = {video for video, said in found if isinstance(said, Located)}
    others = {(video, said) for video, said in found if not isinstance(said, Located)}
    aside = Counter(said for _, said in others)
    return {
        **proportion([[_outcomes(record) for record in seed] for seed in records]),
        "chance": statistics.fmean(chances) if chances else None,
        "asked": len(asked),
        **{reason: aside[reason] for reason in ASIDE},
    }


def columns(rows: Sequence[Row], titles: tuple[str, str]) -> tuple[Column, ...]:
    """Those of any compared number, with the chance level and the videos behind it."""
    plain = list(compared(rows, titles))
    at = next((n for n, column in enumerate(plain) if column.title == "Verdict"), None)
    if at is not None:
        plain[at:at] = _CHANCE
    return tuple(plain)


def notes(rows: Sequence[Row]) -> list[str]:
    """The rule, where an apex is known, and the videos that could not be asked about."""
    said = [RULE, APEX]
    for row in rows:
        aside = [f"{row[reason]} {why}" for reason, why in ASIDE.items() if row.get(reason)]
        if aside:
            said.append(f"Not asked, {named(row)}: videos {', '.join(aside)}.")
    return list(dict.fromkeys(said))


def elsewhere(runs: Sequence[Run], scores: Scored, known: Known) -> list[Section]:
    """Results that locate clips and stand beside no row of the paper, in sections of their own.

    Args:
        runs: results of any system.
        scores: what stands beside the rows of the paper.
        known: entries of the registry.
    """
    shown = {row.get("identity") for mine in scores.rows for row in mine}
    others = [run for run in runs if run.complete and run.request.identity not in shown]
    groups: dict[Key, list[Run]] = defaultdict(list)
    for run in _locating(others):
        groups[key_of(run.request)].append(run)
    return apart([_section(key, groups[key], known) for key in sorted(groups)])


_CHANCE = (
    Column(
        "Chance\n%", lambda row: NOTHING if row.get("chance") is None else percent("chance")(row)
    ),
    Column("Videos\nasked", optional("asked")),
)


def _locating(runs: Sequence[Run]) -> list[Run]:
    """Those of a model that weighs clips, on a dataset that marks an apex."""
    known: dict[tuple[str, str], bool] = {}  # one run tells it of the others: folds are large
    for run in runs:
        kind = run.request.model.name, run.request.dataset
        if kind not in known:
            known[kind] = any(_outcomes(whole(fold)) for fold in run.seeds[0])
    return [run for run in runs if known[run.request.model.name, run.request.dataset]]


def _section(key: Key, runs: Sequence[Run], known: Known) -> Section:
    entry = known.datasets.get(key.dataset)
    rows = [{"system": run.request.model.title, **cells(run, measure)} for run in runs]
    rows.sort(key=lambda row: (-(row["measured"] or 0), row["system"], row["identity"]))
    title = title_of(key, entry.title if entry else key.dataset)
    return Section(
        title=f"Table 7 of the paper, beside no reported number · {title}",
        key={"table": "Table 7", **key._asdict()},
        columns=(
            Column("System", words("system"), "left"),
            *numbers("Located %\nmeasured"),
            *_CHANCE,
            *origin("Folds"),
        ),
        rows=tuple(rows),
        notes=(*about_numbers(rows), *notes(rows)),
    )


def _outcomes(record: FoldRecord) -> list[Outcome]:
    """Of the videos that can be asked about."""
    found = [(p, locate(p)) for p in record.predictions]
    return [(whom(p), said.hit) for p, said in found if isinstance(said, Located)]
