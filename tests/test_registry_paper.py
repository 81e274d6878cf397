"""Our registry against the tables of the paper: each row has an entry, or a reason why none."""

import pytest

from bench.registry import load
from bench.tables import claims, ledger, load_reported
from bench.tables.paper.ledger import OPEN

REGISTRY = load()
QUOTES = load_reported()
ROWS = ledger(QUOTES, REGISTRY.models, REGISTRY.unbuilt).rows


@pytest.mark.parametrize("number", range(2, 10))
def test_every_row_of_a_table_has_an_entry_or_a_reason(number):
    rows = [row for row in ROWS if row["table"] == f"Table {number}"]
    assert rows
    assert [row["system"] for row in rows if row["answer"] == OPEN] == []


def test_a_system_that_has_an_entry_is_not_called_unbuilt():
    claimed = {name for entry in REGISTRY.models.values() for name in claims(entry)}
    unbuilt = {name for entry in REGISTRY.unbuilt.values() for name in entry.reported}
    assert claimed & unbuilt == set()


def test_every_name_that_is_claimed_is_quoted():
    quoted = {row["system"] for row in QUOTES}
    entries = {name: claims(entry) for name, entry in REGISTRY.models.items()}
    entries |= {name: frozenset(entry.reported) for name, entry in REGISTRY.unbuilt.items()}
    assert {name: claimed - quoted for name, claimed in entries.items() if claimed - quoted} == {}


def test_what_is_trained_with_another_objective_names_a_known_one():
    named = {name for entry in REGISTRY.models.values() for name in entry.reported_with}
    assert named <= REGISTRY.objectives.keys()
