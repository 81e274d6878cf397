"""What a reader must know under a table."""

from dataclasses import replace

from bench import tables
from tests.bench.tables.golden_runs import CEFLNET, RESNET, measured, predictions, record, request


def test_the_note_names_data_hash_machine_and_chance():
    (section,) = measured(record(request(), predictions(0, {0})))
    assert section.notes[0] == (
        "12 videos of 2 subjects, 3 classes; protocol hash 0123456789ab; run on cpu-epyc-2. "
        "Chance: UAR 33.33 %, and WAR 33.33 % for always answering anger."
    )


def test_an_epoch_chosen_on_the_test_videos_marks_every_score():
    (section,) = measured(record(request(selection="test"), predictions(0, {0})))
    text = tables.render([section], "text")
    assert text.count("91.67 †") == 3  # UAR, WAR, Fold UAR
    assert "† optimistic: the epoch was chosen on the test videos." in text


def test_a_missing_fold_is_marked_and_named():
    (section,) = measured(record(request(fold=1), predictions(1, {0})))
    assert " 1/2* " in tables.render([section], "text")
    assert (
        "* incomplete, and not comparable with complete rows: CEFLNet lacks seed 0 fold 1."
        in section.notes
    )


def test_of_two_names_of_one_identity_the_incomplete_one_is_named():
    other = replace(CEFLNET, name="renamed", title="Renamed")
    whole = [record(request(fold=k), predictions(k, {k})) for k in (0, 1)]
    asked = replace(request(other, fold=1), identity=whole[0].request.identity)
    (section,) = measured(*whole, record(asked, predictions(1, {0})))
    assert {row["identity"] for row in section.rows} == {whole[0].request.identity}
    assert [note for note in section.notes if note.startswith("*")] == [
        "* incomplete, and not comparable with complete rows: Renamed lacks seed 0 fold 1."
    ]


def test_notes_say_what_a_sanity_row_is_for_and_where_answers_came_from():
    still = replace(
        RESNET, name="resnet18@still", title="ResNet-18 @ still", note="sanity row: one"
    )
    records = [record(request(entry), predictions(0, {1})) for entry in (CEFLNET, still)]
    (section,) = tables.comparison(records, [], {})
    assert [n for n in section.notes if n.startswith("Sanity")] == [
        "Sanity row, ResNet-18 @ still: one."
    ]
    (section,) = tables.comparison([record(request(made="imported"), predictions(0, {1}))], [], {})
    assert "Source of CEFLNet: cited." in section.notes
    assert "run elsewhere. Chance" in section.notes[0]
