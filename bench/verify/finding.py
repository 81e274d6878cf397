"""What a check of stored results finds."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal[
    "damaged",
    "misplaced",
    "unsealed",
    "duplicate",
    "folds",
    "incomplete",
    "implausible",
    "provenance",
    "cost",
    "document",
]

KINDS: dict[Kind, str] = {
    "damaged": "files that are not as they were written",
    "misplaced": "files that lie elsewhere than their content says",
    "unsealed": "files that no hash covers",
    "duplicate": "one fold stored twice, or one file of answers under two names",
    "folds": "folds that are not those of their protocol",
    "incomplete": "results that lack folds",
    "implausible": "values that no run gives",
    "provenance": "records that do not come from the entry that they name",
    "cost": "costs that are not those of the entry that they name",
    "document": "tables in documents that results no longer give",
}
"""Kinds of findings in the order of a report, and what each is."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a person should know of one file."""

    kind: Kind
    path: Path
    text: str
    """What is wrong, beginning small, ending with a full stop; the path stands before it."""
    note: bool = False
    """Worth knowing and nothing wrong: it does not fail the check."""
