"""The ledger on rows made by hand: who answers which, and what is said where nobody does."""

from bench.records import InputSpec, ModelEntry, Sampling, UnbuiltEntry
from bench.tables import claims, ledger, render
from bench.tables.reported import COLUMNS, PAPER

FRAMES = Sampling("uniform", frames=16)
LOST = UnbuiltEntry("lost", "Lost", ("Lost",), "It was lost.", "Who, Where, 2010")


def quote(system, table="Table 2", source=PAPER, **others):
    given = {"system": system, "table": table, "source": source, "value": "80.00", **others}
    return {**dict.fromkeys(COLUMNS, ""), **given}


def entry(name, **names):
    spec = InputSpec(FRAMES, FRAMES, 112)
    return ModelEntry(name, name, "network", "x:Y", "cited", spec, "own", **names)


C3D = entry("c3d", reported=("C3D",), reported_with={"ec-stfl": ("C3D,EC-STFL",)})
LAYOUT = entry("c3d-layout", reported_cost=("C3D",))


def answers(*quotes, models=(C3D, LAYOUT), unbuilt=(LOST,)):
    by_name = [{one.name: one for one in entries} for entries in (models, unbuilt)]
    return ledger(quotes, *by_name)


def shown(section):
    return [row["answer"] for row in section.rows]


def test_a_row_is_answered_by_every_entry_of_its_name():
    again = entry("c3d-again", reported=("C3D",))
    assert shown(answers(quote("C3D"), models=(C3D, again))) == ["c3d, c3d-again"]


def test_a_row_of_another_objective_says_which():
    assert shown(answers(quote("C3D,EC-STFL"))) == ["c3d with ec-stfl"]


def test_a_layout_that_is_only_counted_answers_only_where_cost_is_printed():
    rows = quote("C3D"), quote("C3D", "Table 8", params_m="79.99", macs_g="326.41")
    assert shown(answers(*rows)) == ["c3d", "c3d, c3d-layout (cost)"]


def test_a_row_without_an_entry_has_a_reason_and_its_source():
    section = answers(quote("Lost"))
    assert (shown(section), section.rows[0]["reason"]) == (["none"], "It was lost.")
    assert section.notes[-1] == "Lost: It was lost. Who, Where, 2010."


def test_a_reason_that_no_row_asks_for_is_not_said():
    assert not any("lost" in note for note in answers(quote("C3D")).notes)


def test_a_row_that_nobody_answers_is_counted():
    section = answers(quote("C3D"), quote("Lost"), quote("Unheard"))
    assert shown(section) == ["c3d", "none", "nobody yet"]
    assert section.title == (
        "Tables 2 to 9 of the paper · 3 rows: 1 with an entry, 1 with a reason, 1 with neither"
    )


def test_rows_come_in_the_order_of_the_paper_and_from_it_alone():
    rows = quote("C3D", "Table 5"), quote("C3D", "Table 1"), quote("C3D", source="a blog")
    section = answers(*rows, quote("Lost", "Table 3"))
    assert [row["table"] for row in section.rows] == ["Table 3", "Table 5"]


def test_frames_of_a_clip_tell_the_rows_of_one_system_apart():
    section = answers(quote("C3D", "Table 9", frames_per_clip="10"))
    assert "C3D (10 frames/clip)      9" in render([section], "text")


def test_every_name_of_an_entry_is_a_claim():
    both = entry("both", reported=("A",), reported_cost=("B",), reported_with={"x": ("C", "D")})
    assert claims(both) == {"A", "B", "C", "D"}
