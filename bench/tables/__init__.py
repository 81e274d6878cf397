"""From stored records to printed comparisons: pure functions, with the only rounding at the end."""

from bench.tables.cost.counts import complexity
from bench.tables.cost.sections import costs
from bench.tables.formats.render import FORMATS, render
from bench.tables.markers import write_between_markers
from bench.tables.measured import comparison
from bench.tables.paper.ledger import claims, ledger
from bench.tables.paper.published import paper_table
from bench.tables.paper.settings import Known
from bench.tables.paper.tables import numbers_of, paper_tables
from bench.tables.query import Query
from bench.tables.reported import load_reported
from bench.tables.section import Column, Section, frame

__all__ = [
    "FORMATS",
    "Column",
    "Known",
    "Query",
    "Section",
    "claims",
    "comparison",
    "complexity",
    "costs",
    "frame",
    "ledger",
    "load_reported",
    "numbers_of",
    "paper_table",
    "paper_tables",
    "render",
    "write_between_markers",
]
