"""From stored records to printed comparisons: pure functions, with the only rounding at the end."""

from bench.tables.markers import write_between_markers
from bench.tables.measured import comparison
from bench.tables.query import Query
from bench.tables.render import FORMATS, render
from bench.tables.reported import load_reported
from bench.tables.section import Column, Section, frame

__all__ = [
    "FORMATS",
    "Column",
    "Query",
    "Section",
    "comparison",
    "frame",
    "load_reported",
    "render",
    "write_between_markers",
]
