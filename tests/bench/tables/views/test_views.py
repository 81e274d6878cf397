"""Per class, fold by fold, by subgroup and across corpora."""

import pytest

from bench import index
from bench.errors import BenchError
from bench.index import folds_of
from bench.tables import comparison
from bench.tables.metrics import metrics
from bench.tables.systems import grouped
from bench.tables.views import VIEWS, Choice
from tests.bench.tables.shelf import answers, fold, request, shelve, system
from tests.records import model


def viewed(name, results, *scores, by=""):
    groups = grouped(comparison(results, (), ()), results)
    return VIEWS[name](groups, Choice(metrics(scores), by))


def printed(section):
    titles = [c.title for c in section.columns]
    return [
        dict(zip(titles, (c.show(row) for c in section.columns), strict=True))
        for row in section.rows
    ]


# ------------------------------------------------------------------ per class and folds


def test_every_class_has_a_column_and_uar_is_their_mean():
    (section,) = viewed("per-class", folds_of(system(model(), (4, 4))))
    assert printed(section) == [
        {
            "System": "Tiny",
            "anger": "100.00",
            "fear": "50.00",
            "joy": "50.00",
            "UAR %": "66.67",
            "Folds": "2/2",
            "Weights": "none",
            "Recipe": "own",
        }
    ]
    assert section.notes[-1] == "Test videos of each class, Tiny: anger 4, fear 4, joy 4."


def test_a_chosen_epoch_stays_marked_in_every_view():
    (section,) = viewed("per-class", folds_of(system(model(), (4, 4), selection="test")))
    assert section.optimistic
    assert "† optimistic: the epoch was chosen on the test videos." in section.notes


@pytest.mark.parametrize(
    ("view", "start"), [("per-class", "* incomplete"), ("folds", "Incomplete")]
)
def test_folds_not_done_are_said_with_a_star_only_where_a_row_bears_it(view, start):
    (section,) = viewed(view, folds_of(system(model(), (4, 4))[:1]))
    assert section.notes[-1] == (
        f"{start}, and not comparable with complete rows: Tiny lacks seed 0 fold 2."
    )
    starred = any("*" in text for row in printed(section) for text in row.values())
    assert starred is (start[0] == "*")


def test_every_fold_and_seed_has_a_row():
    results = folds_of(system(model(), (3, 6), seeds=(0, 1)))
    (section,) = viewed("folds", results, "war")
    assert [(r["Seed"], r["Fold"], r["WAR %"], r["Videos"]) for r in printed(section)] == [
        *(("0", "1", "50.00", "6/6"), ("0", "2", "100.00", "6/6")),
        *(("1", "1", "50.00", "6/6"), ("1", "2", "100.00", "6/6")),
    ]
    said = "Fold 1 is stored as fold-0, and --folds 0 asks for it."
    assert [note.endswith(said) for note in section.notes].count(True) == 1


# ------------------------------------------------------------------ subgroups


def views_of(counts):
    return [{"view": name} for name, many in counts for _ in range(many)]


def stored(folder, right, attributes, **given):
    predictions = answers(right, of=len(attributes), attributes=attributes, **given)
    shelve(folder, fold(request(), predictions))
    return index.load(folder)[0]


def test_groups_are_scored_by_themselves(tmp_path):
    # twelve frontal videos of six subjects, all right; twelve more with the first three right
    results = stored(tmp_path, 15, views_of([("frontal", 12), ("profile", 12)]))
    (section,) = viewed("subgroups", results)
    rows = [(r["view"], r["Videos"], r["Subjects"], r["WAR %"]) for r in printed(section)]
    assert rows == [("frontal", "12", "6", "100.00"), ("profile", "12", "6", "25.00")]


def test_small_groups_are_withheld_with_their_counts_in_every_format(tmp_path):
    groups = [("frontal", 12), ("few videos", 9), ("few subjects", 9), ("few subjects", 0)]
    results = stored(tmp_path, 30, views_of(groups))
    (section,) = viewed("subgroups", results)
    hidden = [row for row in section.rows if row["withheld"]]
    assert [row["value"] for row in hidden] == ["few subjects", "few videos"]
    for row in hidden:
        assert {row[n] for n in ("uar", "war", "macro_f1", "videos", "subjects")} == {None}
        assert row["videos_shown"] == "<10"
    assert section.notes[-2] == (
        "Withheld, with fewer than 10 videos or 5 subjects: view few subjects, few videos."
    )


def test_many_videos_of_few_subjects_are_withheld_too(tmp_path):
    predictions = answers(12, of=12, attributes=views_of([("frontal", 12)]))
    one = [
        p.__class__(*(p.video, "s", None, p.true, p.status, p.scores), attributes=p.attributes)
        for p in predictions
    ]
    shelve(tmp_path, fold(request(), tuple(one)))
    (section,) = viewed("subgroups", index.load(tmp_path)[0])
    ((row),) = section.rows
    assert (row["withheld"], row["videos_shown"], row["subjects_shown"]) == (True, 12, "<5")


def test_videos_without_the_attribute_are_a_group_of_their_own(tmp_path):
    results = stored(tmp_path, 24, [*views_of([("frontal", 12)]), *({} for _ in range(12))])
    (section,) = viewed("subgroups", results, by="view")
    assert [row["value"] for row in section.rows] == ["(not given)", "frontal"]


@pytest.mark.parametrize(
    ("attributes", "by", "said"),
    [
        ([{}], "", "no stored test video has an attribute to group by."),
        ([{"view": "x"}], "veiw", "unknown attribute of videos in --by 'veiw'. Did you mean 'vi"),
        ([{"view": "x", "sex": "f"}], "", "videos have several attributes: sex, view. Choose one"),
    ],
)
def test_an_attribute_that_is_not_there_is_answered(tmp_path, attributes, by, said):
    with pytest.raises(BenchError) as error:
        viewed("subgroups", stored(tmp_path, 1, attributes), by=by)
    assert str(error.value).startswith(said)


# ------------------------------------------------------------------ across corpora


def trials(name, trained=None, rights=(3, 3), **changes):
    """Within a dataset, or trained on the whole of another one."""
    mark = {"a": "1", "b": "2"}[name]
    given = {"dataset": name, "dataset_fingerprint": mark * 64, "protocol_hash": mark * 64}
    if trained:
        given |= {"train_on": trained, "train_on_fingerprint": trained * 64, "folds": 1}
        given |= {"protocol": f"trained-on-{trained}-3-classes"}
    return system(
        model(), rights[:1] if trained else rights, **{**given, "harmonised": True, **changes}
    )


def test_the_matrix_has_the_scores_within_a_corpus_on_its_diagonal():
    records = [
        *trials("a", rights=(6, 6)),
        *trials("b", rights=(3, 3)),
        *trials("b", "a", (2,)),
        *trials("a", "b", (4,)),
    ]
    (section,) = viewed("cross-corpus", folds_of(records), "war")
    assert [(r["Trained on"], r["a"], r["b"]) for r in printed(section)] == [
        ("a", "(100.00)", "33.33"),
        ("b", "66.67", "(50.00)"),
    ]
    assert section.notes[0] == (
        "Columns: the dataset that is tested, all of it. Classes: anger, fear, joy."
    )


def test_a_cell_that_nobody_ran_is_a_dash():
    (section,) = viewed("cross-corpus", folds_of(trials("b", "a", (2,))))
    assert [(r["Trained on"], r["a"], r["b"]) for r in printed(section)] == [("a", "–", "33.33")]


def test_a_cell_of_a_matrix_that_lacks_folds_is_marked():
    records = [*trials("a", rights=(6, 6))[:1], *trials("b", "a", (2,))]
    (section,) = viewed("cross-corpus", folds_of(records), "war")
    assert [(r["a"], r["b"]) for r in printed(section)] == [("(100.00*)", "33.33")]
    assert section.notes[-1] == (
        "* some folds are not done, so that the cell does not compare with complete ones."
    )


def test_other_label_sets_make_a_matrix_of_their_own():
    seven = {"classes": ("anger", "calm", "fear", "joy")}
    records = [*trials("b", "a", (2,)), *trials("a", rights=(6, 6), **seven)]
    (section,) = viewed("cross-corpus", folds_of(records))
    assert [(r["Trained on"], r["a"]) for r in printed(section)] == [("a", "–")]


def test_two_protocols_within_a_corpus_never_share_a_cell():
    loso = {"protocol": "loso", "protocol_hash": "e" * 64}
    records = [*trials("a"), *trials("a", **loso), *trials("b", "a", (2,))]
    (section,) = viewed("cross-corpus", folds_of(records))
    assert printed(section)[0]["a"] == "–"
    assert section.notes[-1] == (
        "Not shown, since 2 results of Tiny trained on a and tested on a would share a cell "
        "(loso, subject-2-fold)."
    )


def test_two_preparations_of_one_dataset_are_refused():
    other = {"preprocessing_fingerprint": "f" * 64}
    with pytest.raises(BenchError, match="b would mix results that differ in preprocessing"):
        viewed("cross-corpus", folds_of([*trials("b", "a"), *trials("b", **other)]))


def test_without_any_result_across_corpora_the_command_for_one_is_named():
    with pytest.raises(BenchError, match="no stored result was trained on another dataset"):
        viewed("cross-corpus", folds_of(system(model(), (3, 3))))
