"""Other ways to look at the measured systems: `bench table --view NAME`, one file each."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from bench.tables.section import Section
from bench.tables.systems import Group
from bench.tables.views.choice import Choice
from bench.tables.views.cross_corpus import cross_corpus
from bench.tables.views.folds import folds
from bench.tables.views.per_class import per_class
from bench.tables.views.pivot import pivot
from bench.tables.views.subgroups import subgroups

View: TypeAlias = Callable[[Sequence[Group], Choice], list[Section]]

VIEWS: Mapping[str, View] = {
    "per-class": per_class,
    "subgroups": subgroups,
    "cross-corpus": cross_corpus,
    "folds": folds,
}

__all__ = ["VIEWS", "Choice", "View", "pivot"]
