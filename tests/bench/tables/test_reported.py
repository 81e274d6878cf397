import pytest

from bench.errors import BenchError
from bench.tables.reported import COLUMNS, Quote, load_reported, quote


def reported():
    return load_reported()


def test_all_527_quoted_numbers_are_there():
    assert len(reported()) == 527
    assert {row["status"] for row in reported()} == {"verified", "unverified"}


@pytest.mark.parametrize(("table", "rows"), list(enumerate([7, 10, 9, 6, 5, 4, 3, 4], start=2)))
def test_the_papers_tables_are_complete(table, rows):
    assert sum(row["table"] == f"Table {table}" for row in reported()) == rows


@pytest.mark.parametrize(
    ("system", "dataset", "table", "value"),
    [
        ("CEFLNet", "BU-3DFE", "Table 2", "85.33"),
        ("CEFLNet", "MMI", "Table 3", "91.00"),
        ("WMCNN-LSTM", "MMI", "Table 3", "87.10"),
        ("CEFLNet", "AFEW 8.0", "Table 4", "53.98"),
        ("CEFLNet", "DFEW", "Table 5", "65.35"),
        ("ResNet-18", "BU-3DFE", "Table 6", "62.77"),
        ("CEFLNet (EIAN)", "MMI", "Table 7", "67.57"),
        ("C3D-LSTM", "BU-3DFE", "Table 8", "79.17"),
    ],
)
def test_quoted_numbers_keep_their_printed_digits(system, dataset, table, value):
    found = [
        row["value"]
        for row in reported()
        if (row["system"], row["dataset"], row["table"]) == (system, dataset, table)
    ]
    assert found == [value]


def test_the_sweep_of_table_9_keeps_its_digits_and_macs():
    found = [
        (row["frames_per_clip"], row["value"], row["macs_g"])
        for row in reported()
        if row["table"] == "Table 9"
    ]
    assert found == [
        ("2", "85", "25.52"),
        ("5", "85.33", "63.80"),
        ("10", "84.17", "127.59"),
        ("15", "84.17", "191.39"),
    ]


def quoted_row(value, **changes):
    row = dict.fromkeys(COLUMNS, "")
    plain = {"system": "A", "dataset": "D", "metric": "WAR", "status": "verified", "source": "S"}
    return {**row, **plain, "value": value, **changes}


@pytest.mark.parametrize(
    "change",
    [
        {"frames_per_clip": "2"},
        {"status": "unverified"},
        {"protocol": "fold 1"},
        {"metric": "UAR"},
        {"system": "B"},
        {"dataset": "E"},
    ],
)
def test_only_a_verified_main_result_of_the_system_is_quoted(change):
    rows = [quoted_row("10", **change), quoted_row("61.50")]
    assert quote(rows, ("A",), ("D",), "war") == Quote(0.615, "S", 0)


def test_the_first_quoted_value_stands_for_the_others_which_are_counted():
    rows = [quoted_row("61.5"), quoted_row("62"), quoted_row("61.5"), quoted_row("63")]
    assert quote(rows, ("A",), ("D",), "war") == Quote(0.615, "S", 2)


def test_a_reported_file_of_other_columns_is_refused(tmp_path):
    path = tmp_path / "reported.csv"
    path.write_text("model,value\n")
    with pytest.raises(BenchError, match="has the columns model, value; expected system, dataset"):
        load_reported(path)
