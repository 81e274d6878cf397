"""Tables with sides of one's own: what a cell averages, and what it refuses to mix."""

import pytest

from bench.errors import BenchError
from bench.index import folds_of
from bench.records import Preset, Weights
from bench.tables import comparison
from bench.tables.metrics import metrics
from bench.tables.systems import grouped
from bench.tables.views import pivot
from tests.bench.tables.shelf import system
from tests.records import OWN, model

OTHER = {"dataset": "other", "dataset_fingerprint": "e" * 64, "protocol_hash": "f" * 64}


def pivoted(records, rows, columns, *scores):
    results = folds_of(records)
    groups = grouped(comparison(results, (), ()), results)
    return pivot(groups, rows.split(","), columns.split(","), metrics(scores))


def printed(section):
    titles = [c.title for c in section.columns]
    return [
        dict(zip(titles, (c.show(row) for c in section.columns), strict=True))
        for row in section.rows
    ]


def test_a_cell_is_the_mean_over_seeds_of_pooled_folds():
    records = [*system(model(), (3, 5)), *system(model(), (6, 6), seeds=(1,))]
    (section,) = pivoted(records, "model", "dataset")
    assert section.rows[0]["faces"] == pytest.approx((8 / 12 + 12 / 12) / 2)
    assert section.rows[0]["numbers:faces"] == 2
    assert section.notes == ("Each cell: the mean over seeds, folds pooled.",)


def test_datasets_stand_side_by_side_and_a_missing_result_is_a_dash():
    records = [*system(model("a"), (6, 6)), *system(model("b"), (3, 3))]
    (section,) = pivoted([*records, *system(model("a"), (3, 3), **OTHER)], "model", "dataset")
    assert printed(section) == [
        {"Model": "A", "faces": "100.00", "other": "50.00", "Weights": "none", "Recipe": "own"},
        {"Model": "B", "faces": "50.00", "other": "–", "Weights": "none", "Recipe": "own"},
    ]


def test_seeds_and_folds_are_sides_in_the_order_of_their_numbers():
    records = system(model(), (3, 6), seeds=(10, 2))
    (section,) = pivoted(records, "seed", "fold", "war")
    assert [(row["Seed"], row["1"], row["2"]) for row in printed(section)] == [
        ("2", "50.00", "100.00"),
        ("10", "50.00", "100.00"),
    ]
    assert section.notes == ("Each cell: the mean over models.", "Models: Tiny.")


def test_classes_are_a_side_and_show_the_recall():
    (section,) = pivoted(system(model(), (4, 4)), "class", "model")
    # the first four of anger, fear, joy, anger, fear, joy
    assert [(row["Class"], row["Tiny"]) for row in printed(section)] == [
        ("anger", "100.00"),
        ("fear", "50.00"),
        ("joy", "50.00"),
    ]
    assert section.title.startswith("Recall % · class by model · faces · subject-2-fold · quick")


def test_several_names_make_one_side():
    imagenet = {"weights": Weights("imagenet", "a" * 64)}
    records = [*system(model(), (3, 3)), *system(model(), (6, 6), **imagenet)]
    (section,) = pivoted(records, "model,weights", "dataset")
    assert [(r["Model"], r["Weights"], r["faces"]) for r in printed(section)] == [
        ("Tiny", "imagenet", "100.00"),
        ("Tiny", "none", "50.00"),
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"synthetic": False},
        {"preset": Preset("full", "as published")},
        {"preset": Preset("quick", "minutes", size=96)},
        {"selection": "validation"},
        {"protocol": "loso", "protocol_hash": "b" * 64},
        {"protocol_hash": "b" * 64},
        {"dataset_fingerprint": "b" * 64},
        {"preprocessing_fingerprint": "b" * 64},
        {"regime": "common"},
        {"made": "imported"},
        {"dataset": "other"},
        {"train_on": "elsewhere", "train_on_fingerprint": "b" * 64},
    ],
)
def test_what_is_never_mixed_becomes_sections(change):
    records = [*system(model(), (3, 3)), *system(model(), (6, 6), **change)]
    sections = pivoted(records, "model", "seed")
    assert sorted(section.rows[0]["0"] for section in sections) == [0.5, 1.0]
    assert len({section.title for section in sections}) == 2


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"weights": Weights("imagenet", "a" * 64)}, "weights"),
        ({"recipe": OWN.__class__("longer", "adam", 1e-4, 8, 9, "cited")}, "recipe"),
    ],
)
def test_one_model_made_in_two_ways_is_never_averaged(change, what):
    records = [*system(model(), (3, 3)), *system(model(), (6, 6), **change)]
    with pytest.raises(BenchError) as error:
        pivoted(records, "model", "dataset")
    assert str(error.value) == (
        f"Tiny · faces would average results of Tiny that differ in {what}, identity, which is "
        f"never done. Add {what} or identity to --rows or --columns."
    )


def test_two_protocols_of_one_name_cannot_share_a_column_of_datasets():
    records = [*system(model("a"), (3, 3)), *system(model("b"), (6, 6), protocol_hash="b" * 64)]
    with pytest.raises(BenchError) as error:
        pivoted(records, "model", "dataset")
    assert str(error.value) == (
        "faces would mix results that differ in protocol hash (aaaaaaaa, bbbbbbbb), which is never "
        "done. Name fewer results with --dataset or --model."
    )


def test_other_label_sets_cannot_share_a_column_of_datasets():
    other = {"classes": ("anger", "joy"), "harmonised": True}
    records = [*system(model("a"), (3, 3)), *system(model("b"), (6, 6), **other)]
    with pytest.raises(BenchError, match="differ in classes"):
        pivoted(records, "model", "dataset")


def test_cells_with_fewer_folds_or_models_say_so():
    records = [*system(model("a"), (6, 6), seeds=(0, 1)), *system(model("b"), (3,))]
    (section,) = pivoted(records, "seed", "dataset")
    assert [row["faces"] for row in printed(section)] == ["75.00*", "100.00"]
    assert section.notes == (
        "Each cell: the mean over models, folds pooled.",
        "* some folds are not done, so that the cell does not compare with complete ones.",
        "Models: A, B.",
        "Some cells lack some of these models, and do not compare with the others.",
    )


@pytest.mark.parametrize(
    ("rows", "columns", "scores", "said"),
    [
        ("modle", "dataset", (), "unknown side of a table 'modle'. Did you mean 'model'? Known: "),
        ("model", "model", (), "--rows and --columns go together, with each name in one of them"),
        ("class", "model", ("war",), "a table with class as a side shows the recall; leave"),
    ],
)
def test_sides_that_make_no_table_are_refused(rows, columns, scores, said):
    with pytest.raises(BenchError) as error:
        pivoted(system(model(), (3, 3)), rows, columns, *scores)
    assert str(error.value).startswith(said)
