"""Which number of a column is the best, where a test supports it, and which comes next."""

from collections.abc import Sequence
from dataclasses import replace

from bench.errors import BenchError
from bench.statistics import LEVEL, Metric, is_supported, pooled
from bench.tables.compared.members import Members, Stored, members
from bench.tables.compared.pairing import paired
from bench.tables.section import Section

_COLUMNS: dict[str, Metric] = {"UAR %": "uar", "WAR %": "war"}
"""Columns that have a test, by their title."""

_NOTE = (
    "Bold: best, where the test supports it over the next one (corrected t over folds, p < 0.05, "
    "and an interval over people that excludes 0); underlined: the next one. Complete rows only."
)


def marked(section: Section, folds: Stored) -> Section:
    """The section with the best and the second of each score that has a test."""
    return all_marked([section], folds)[0]


def all_marked(sections: Sequence[Section], folds: Stored) -> list[Section]:
    """Sections with the best and the second of each score that has a test.

    The best is marked only where a test supports it over the second; the second always is.

    Args:
        sections: as `comparison` gives them; others come back as they are.
        folds: the folds that they were made from.
    """
    found = {id(section): rows for section, rows in members(sections, folds)}
    return [_marked(section, found.get(id(section), ())) for section in sections]


def _marked(section: Section, rows: Members) -> Section:
    # a system that was not run on all folds, or a quoted number, is none of the best
    complete = [member for member in rows if member.complete]
    if len(complete) < 2:
        return section
    best: dict[str, int] = {}
    second: dict[str, int] = {}
    notes: list[str] = []
    titles = {column.title for column in section.columns}
    place = {id(row): number for number, row in enumerate(section.rows)}
    for title, metric in _COLUMNS.items():
        if title not in titles or any(metric not in member.row for member in complete):
            continue
        order = sorted(complete, key=lambda member: -member.row[metric])
        second[title] = place[id(order[1].row)]
        try:
            both = paired([order[0].folds(), order[1].folds()])
        except BenchError as error:
            notes.append(f"No test of {title}: {error}")
            continue
        ahead, behind = pooled(both.answers, metric).mean(axis=1)
        # of the seeds that both have, the next one may be ahead
        if ahead > behind and is_supported(both.answers, metric, LEVEL):
            best[title] = place[id(order[0].row)]
    about = (_NOTE,) if second else ()
    return replace(section, best=best, second=second, notes=(*section.notes, *about, *notes))
