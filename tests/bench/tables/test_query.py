"""Datasets, models and quoted numbers that a comparison is asked for by name."""

import pytest

from bench.errors import BenchError
from tests.bench.tables.golden_runs import sections


def test_a_named_dataset_shows_alone_with_what_papers_report_of_it():
    assert {s.key.get("dataset") for s in sections(datasets=("synthetic",))} == {"synthetic"}
    never_run = sections(datasets=("mmi",), folds=[], costs=[])
    assert [s.key["table"] for s in never_run] == ["Table 3", "Table 7"]


def test_a_named_model_shows_alone():
    found = sections(models=("resnet18",))
    assert [row["model"] for s in found for row in s.rows] == ["resnet18"]


def test_an_unknown_dataset_is_answered_with_the_known_ones():
    with pytest.raises(BenchError) as error:
        sections(datasets=("mmmi",))
    assert str(error.value) == "unknown dataset 'mmmi'. Did you mean 'mmi'? Known: mmi, synthetic."


def test_a_model_without_a_result_is_named():
    with pytest.raises(BenchError) as error:
        sections(models=("fan",))
    assert str(error.value) == (
        "model 'fan' has no stored result; stored are ceflnet, gone_model, resnet18. "
        "Run it with `bench run --model fan`."
    )


def test_a_model_with_nothing_but_a_cost_is_sent_to_the_table_of_costs():
    with pytest.raises(BenchError) as error:
        sections(models=("c3d-table8",))
    assert str(error.value) == (
        "model 'c3d-table8' has a cost and no stored result; stored are ceflnet, gone_model, "
        "resnet18. See its cost with `bench table --cost --model c3d-table8`."
    )


def test_an_unknown_scope_is_refused():
    with pytest.raises(BenchError, match="unknown scope of reported numbers 'papers'"):
        sections("papers")
