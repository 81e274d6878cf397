from dataclasses import replace

import pytest

from bench.tables import Query, comparison
from bench.tables.compared.marks import marked

GOOD = ("11101110", "11110111", "11111100", "11110110", "01111111")
POOR = ("11001010", "10010111", "01011100", "10110010", "01101001")


def section_of(records):
    (section,) = comparison(records, (), (), Query((), (), "none"))
    return section


def five(trained, name, hits, folds=range(5), seed=0):
    return [trained(name, hits[fold], fold=fold, folds=5, seed=seed) for fold in folds]


def test_a_best_that_the_test_supports_is_marked_with_the_next_one(trained):
    records = [*five(trained, "poor", POOR), *five(trained, "good", GOOD)]
    found = marked(section_of(records), records)
    assert [row["model"] for row in found.rows] == ["good", "poor"]
    assert found.best == {"UAR %": 0, "WAR %": 0}
    assert found.second == {"UAR %": 1, "WAR %": 1}
    assert found.notes[-1].startswith("Bold: best, where the test supports it over the next one")


def test_a_best_that_may_be_luck_is_not_marked_and_the_next_one_is(trained):
    almost = (*GOOD[:4], "01111110")
    records = [*five(trained, "good", GOOD), *five(trained, "almost", almost)]
    found = marked(section_of(records), records)
    assert found.best == {}
    assert found.second == {"UAR %": 1, "WAR %": 1}


def test_an_incomplete_row_is_neither_best_nor_next(trained):
    perfect = ["11111111"] * 5
    records = [
        *five(trained, "part", perfect, folds=range(4)),
        *five(trained, "good", GOOD),
        *five(trained, "poor", POOR),
    ]
    found = marked(section_of(records), records)
    assert found.rows[found.best["UAR %"]]["model"] == "good"
    assert found.rows[found.second["UAR %"]]["model"] == "poor"


def test_a_lone_row_is_left_as_it_is(trained):
    records = five(trained, "good", GOOD)
    section = section_of(records)
    assert marked(section, records) == section


def test_rows_that_cannot_be_paired_are_not_marked_and_the_notes_say_why(trained):
    records = [*five(trained, "good", GOOD), *five(trained, "poor", POOR, seed=4)]
    found = marked(section_of(records), records)
    assert found.best == {}
    assert found.notes[-1].startswith("No test of WAR %: Good and Poor have no seed in common")


@pytest.mark.parametrize("kept", ["UAR %", "WAR %"])
def test_only_columns_that_are_shown_are_marked(trained, kept):
    records = [*five(trained, "poor", POOR), *five(trained, "good", GOOD)]
    section = section_of(records)
    columns = tuple(c for c in section.columns if c.title in ("System", kept))
    assert marked(replace(section, columns=columns), records).best == {kept: 0}


def test_a_lead_of_other_seeds_is_not_marked_where_the_shared_ones_say_the_contrary(trained):
    middle = ("11101110", "11010111", "01111110", "11110110", "01101101")
    records = [
        *five(trained, "lucky", POOR),
        *five(trained, "lucky", ["11111111"] * 5, seed=1),
        *five(trained, "steady", middle),
    ]
    found = marked(section_of(records), records)
    assert [row["model"] for row in found.rows] == ["lucky", "steady"]
    assert found.best == {}
    assert found.second == {"UAR %": 1, "WAR %": 1}
