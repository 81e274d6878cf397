"""`bench table --paper`: the paper's tables with what was measured, and what else locates clips."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bench.records import CostRecord
from bench.tables.paper import localisation
from bench.tables.paper.columns import compared
from bench.tables.paper.notes import about
from bench.tables.paper.published import TABLES, called, quoted, table, unquoted
from bench.tables.paper.scores import scored, war
from bench.tables.paper.settings import Done, Known, Run, runs
from bench.tables.reported import Quotes
from bench.tables.section import Section

LOCATED = "Table 7"
"""The one that locates clips and names no class."""


def paper_tables(
    numbers: Sequence[int],
    quotes: Quotes,
    folds: Iterable[Done],
    costs: Sequence[CostRecord],
    known: Known,
) -> list[Section]:
    """Tables of the paper, what it reports beside what was measured.

    A reported row is repeated for every result that may stand beside it. After Table 7 come, in
    sections of their own, the results that locate clips elsewhere, on synthetic data above all.

    Args:
        numbers: 2 to 9, in the order of printing.
        quotes: as `load_reported` gives them.
        folds: of any system, whole or as the index has them; `bench.tables.paper.settings` says
            which may stand there.
        costs: records of any network; Tables 8 and 9 show those of the paper's own layouts.
        known: the models and datasets of the registry.

    Raises:
        BenchError: no such table is quoted.
    """
    done = runs(folds)
    return [
        section for n in numbers for section in _sections(called(n), quotes, done, costs, known)
    ]


def numbers_of(text: str) -> tuple[int, ...]:
    """The tables that `--paper` asks for.

    Args:
        text: a number, or `all`.

    Raises:
        BenchError: it is neither, or no such table is quoted.
    """
    every = tuple(int(name.removeprefix("Table ")) for name in TABLES)
    if text == "all":
        return every
    if not (text.isascii() and text.isdigit() and int(text) in every):
        raise unquoted(text)
    return (int(text),)


def _sections(
    name: str, quotes: Quotes, runs: Sequence[Run], costs: Sequence[CostRecord], known: Known
) -> list[Section]:
    """One table, with the notes on what was measured; Table 7 has more than one section."""
    rows = quoted(quotes, name)
    located = name == LOCATED
    scores = scored(rows, runs, known, localisation.measure if located else war)
    section = table(name, rows, costs, scores, localisation.columns if located else compared)
    said = [
        *(localisation.notes(section.rows) if located else ()),
        *about(rows, scores, known, localisation.UNMARKED if located else ()),
    ]
    first = replace(section, notes=(*section.notes, *said))
    return [first, *(localisation.elsewhere(runs, scores, known) if located else ())]
