import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from bench import store
from bench.cli import main
from bench.errors import BenchError
from bench.registry import load
from bench.report import build, gather, model_card, write
from bench.report.downloads import PRINTED, Files
from bench.report.models import listed
from bench.report.plots import scatter
from bench.tables import Section
from tests.bench.report.conftest import HOSTILE


class Reader(HTMLParser):
    """What a page holds: links, ids, tags, and the text outside of scripts."""

    def __init__(self, text):
        super().__init__()
        self.links, self.ids, self.tags, self.text, self.data = [], [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append((tag, found))
        self.links += [found[name] for name in ("href", "src") if name in found]
        self.ids += [found["id"]] if "id" in found else []

    def handle_data(self, data):
        inside = self.tags and self.tags[-1][0] == "script"
        (self.data if inside else self.text).append(data)


_MADE = {}


@pytest.fixture
def files(planted):
    """Made once: a test below proves that every time gives the same bytes."""
    if not _MADE:
        _MADE.update(build(gather(planted)))
    return _MADE


def page(files, path="index.html"):
    return Reader(files[path].decode())


def test_every_link_leads_to_a_file_of_the_report_and_every_anchor_exists(files):
    for path in (p for p in files if p.endswith(".html")):
        read = page(files, path)
        for link in read.links:
            target = urlsplit(link)
            assert not target.scheme and not target.netloc, link
            file = os.path.normpath(Path(path).parent / unquote(target.path))
            file = path if target.path == "" else file
            assert file in files or file == "report.json", (path, link)
            if target.fragment and file.endswith(".html"):
                assert target.fragment in page(files, file).ids, (path, link)


def test_ids_of_a_page_are_its_own(files):
    for path in (p for p in files if p.endswith(".html")):
        ids = page(files, path).ids
        assert len(ids) == len(set(ids)), path


def test_real_and_drawn_faces_stand_in_two_tables_and_the_drawn_one_says_so(files):
    tables = [a for tag, a in page(files).tags if tag == "section"]
    assert [t["data-data"] for t in tables] == ["real", "synthetic"]
    assert files["index.html"].count(b'<span class="badge">synthetic data</span>') == 1


def test_a_report_of_drawn_faces_alone_says_so_on_every_page(tmp_path, fold_record):
    store.save_fold(tmp_path, fold_record)
    made = build(gather(tmp_path))
    pages = [text for path, text in made.items() if path.endswith(".html")]
    assert all(b"it says nothing of real ones" in text for text in pages)


def test_a_hostile_title_is_text_and_nothing_else(files):
    read = page(files)
    assert HOSTILE in "".join(read.text)
    assert sum(tag == "script" for tag, _ in read.tags) == 4  # bokeh, curves, site, one plot
    for path in (p for p in files if p.endswith(".html")):
        assert b"</script><script>document" not in files[path], path
        assert not any(tag == "b" for tag, _ in page(files, path).tags), path


def test_the_data_of_a_plot_keep_the_hostile_title_whole(files):
    (plot,) = [json.loads(text) for text in page(files).data if text.startswith("{")]
    assert [
        name for columns in _entries(plot) for name in columns.get("system", ()) if "<" in name
    ] == [HOSTILE]


def _entries(part):
    """Columns of every data source of a plot."""
    if isinstance(part, dict):
        if part.get("name") == "ColumnDataSource":
            yield dict(part["attributes"]["data"]["entries"])
        part = list(part.values())
    for inner in part if isinstance(part, list) else ():
        yield from _entries(inner)


def test_a_name_that_is_no_file_name_gets_a_page_that_is_linked(tmp_path, fold_record):
    model = replace(fold_record.request.model, name="../../Evil name")
    request = replace(fold_record.request, model=model)
    path = store.save_fold(tmp_path, replace(fold_record, request=request))
    inside = tmp_path / "accuracy" / "faces" / path.name
    inside.parent.mkdir(parents=True, exist_ok=True)
    for ending in (".json", ".csv"):
        path.with_suffix(ending).rename(inside.with_suffix(ending))
    made = build(gather(tmp_path))
    pages = [name for name in made if name.startswith("models/") and name.endswith(".html")]
    assert len(pages) == 1
    assert re.fullmatch(r"models/evil-name-[0-9a-f]{8}\.html", pages[0])
    assert f'href="{pages[0]}'.encode() in made["index.html"]


def test_only_own_files_may_load(files):
    policy = next(a["content"] for t, a in page(files).tags if a.get("http-equiv"))
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert b"https://cdn" not in b"".join(t for p, t in files.items() if p.endswith(".html"))


def test_numbers_of_a_page_are_those_of_the_table(files, planted, capsys):
    assert main(["table", "--results", str(planted), "--reported", "none", "--format", "csv"]) == 0
    printed = capsys.readouterr().out
    own = [
        t.decode()
        for p, t in files.items()
        if p.startswith("tables/leaderboard") and p.endswith(".csv")
    ]
    rows = {line for text in own for line in text.splitlines()[1:]}
    assert len(rows) == 4
    uars = sorted(re.findall(r"0\.\d{10,}|1\.0", " ".join(rows)))
    assert uars and all(number in printed for number in uars)


def test_recalls_and_confusion_are_those_worked_by_hand(files):
    text = files["models/wide.html"].decode()
    # videos 0 and 1 of each of three folds are wrong: an angry one and a happy one of three
    matrix = text[text.index('class="matrix"') :]
    assert re.findall(r"<td[^>]*>([\d.]+)", matrix)[:12] == (
        ["6", "3", "0", "66.67", "0", "6", "3", "66.67", "0", "0", "9", "100.00"]
    )


def test_a_confusion_is_downloaded_as_the_counts_that_the_page_shows(files):
    (link,) = [link for link in page(files, "models/wide.html").links if "confusion" in link]
    assert link == "../tables/confusion-wide-000000000001.csv"
    assert files["tables/confusion-wide-000000000001.csv"].decode() == (
        "true,angry,happy,sad\nangry,6,3,0\nhappy,0,6,3\nsad,0,0,9\n"
    )


def test_every_table_of_a_shared_page_has_files(files):
    for path in (p for p in files if p.endswith(".html") and "/" not in p):
        read = page(files, path)
        tables = sum(tag == "table" for tag, _ in read.tags)
        assert sum(link.endswith(".csv") for link in read.links) == tables, path


def test_a_table_longer_than_a_page_of_a_paper_comes_as_csv_alone():
    row = {"what": "x", "value": "1"}
    beside = Files()
    short = beside.table("short", replace(listed("Facts", {}), rows=(row,) * PRINTED))
    long = beside.table("long", replace(listed("Facts", {}), rows=(row,) * (PRINTED + 1)))
    assert [label for label, _ in short] == ["csv", "json", "latex", "markdown"]
    assert long == (("csv", "tables/long.csv"),)
    assert len(beside.texts["tables/long.csv"].splitlines()) == PRINTED + 2


def test_a_column_without_any_value_is_on_no_page_and_in_every_file(files, planted):
    for cost in (planted / "cost").rglob("*.json"):
        cost.unlink()
    uncounted = build(gather(planted))
    assert b">MACs" in files["index.html"]
    assert b">MACs" not in uncounted["index.html"]
    (csv, *_) = [t for p, t in uncounted.items() if p.startswith("tables/leaderboard-f")]
    assert b",macs," in csv


def test_pages_show_the_head_of_a_hash_and_files_all_of_it(files, planted):
    (record, *_), _ = store.load_folds(planted)
    whole = record.request.protocol_hash
    assert len(whole) > 12
    assert whole not in "".join(page(files, "data.html").text)
    assert whole[:12] in "".join(page(files, "data.html").text)
    assert whole.encode() in files["tables/data-datasets-and-protocols-in-use.csv"]


def test_a_command_in_a_note_is_set_as_code(files):
    assert b"as <code>bench compare --all</code> says it" in files["significance.html"]
    assert b"<code>bench show --paper</code> says why" in files["reported.html"]
    assert b"`" not in files["reported.html"]


@pytest.mark.parametrize(
    "other",
    [
        {"regime": "common"},
        {"made": "imported"},
        {"selection": "validation"},
        {"preprocessing_fingerprint": "e" * 64},
        {"dataset_fingerprint": "e" * 64},
    ],
)
def test_recalls_of_what_is_never_mixed_stand_in_two_tables(tmp_path, fold_record, other):
    request = fold_record.request
    for number, changes in enumerate(({}, other)):
        asked = replace(request, identity=f"{number:012x}", **changes)
        store.save_fold(tmp_path, replace(fold_record, request=asked))
    material = gather(tmp_path)
    tables = material.classes()
    assert [[row["identity"] for row in table.rows] for table in tables] == [
        [row["identity"] for row in table.rows] for table in material.measured()
    ]
    assert len({table.title for table in tables}) == 2
    assert {column.title for column in tables[0].columns} >= {"Weights", "Recipe"}


def test_a_model_is_shown_with_the_input_of_its_entry_and_not_of_a_small_preset(
    tmp_path, fold_record
):
    entry = load(()).find("models", "resnet18")
    small = replace(entry, input=replace(entry.input, size=48))
    store.save_fold(
        tmp_path, replace(fold_record, request=replace(fold_record.request, model=small))
    )
    text = model_card(gather(tmp_path), "resnet18")
    assert "224×224 pixels" in text
    assert "48×48" not in text


def test_rows_of_one_table_of_the_paper_say_in_what_they_differ(planted):
    lines = model_card(gather(planted), "ceflnet").splitlines()
    table_9 = [line for line in lines if "Table 9" in line]
    for frames, line in zip((2, 5, 10, 15), table_9, strict=True):
        assert f"{frames} frames a clip" in line


def test_a_note_stays_under_its_table(files):
    assert "predictions of all folds pooled" in "".join(page(files).text)


def test_every_plot_says_in_words_what_it_shows(files):
    plots = [a for _, a in page(files).tags if a.get("role") == "img"]
    assert len(plots) == 1
    assert (
        "UAR against MACs of 3 systems; the highest UAR is 100.00 % by Tiny"
        in plots[0]["aria-label"]
    )


def test_a_point_that_lacks_folds_is_starred_and_never_the_highest():
    row = {"macs": 1e9, "params": 1e6, "war": 0.5, "uar_fold_sd": None, "weights": "none"}
    row |= {"folds_of": 3}
    rows = (
        {**row, "system": "Whole", "uar": 0.5, "folds": 3},
        {**row, "system": "Part", "uar": 0.9, "folds": 2, "macs": 2e9},
    )
    plot = scatter(Section("Faces", {}, (), rows, ()), "x")
    assert plot
    assert plot.label == (
        "Faces: UAR against MACs of 2 systems; the highest UAR is 50.00 % by Whole. Bars: one "
        "standard deviation over folds to each side. * lacks folds, and does not compare. The "
        "table beside it holds every number."
    )
    assert '["Whole","Part*"]' in plot.body


def test_damaged_files_are_named_and_the_rest_is_shown(planted, tmp_path, capsys):
    broken = planted / "accuracy" / "broken.json"
    broken.write_text("{")
    assert main(["report", "--results", str(planted), "--out", str(tmp_path / "site")]) == 0
    shown = capsys.readouterr()
    assert shown.err.startswith(f"left out: {broken} cannot be read")
    text = (tmp_path / "site" / "provenance.html").read_text()
    assert "accuracy/broken.json" in text
    assert str(planted) not in text


def test_an_empty_folder_gives_a_report_that_says_so(tmp_path):
    (tmp_path / "results").mkdir()
    made = build(gather(tmp_path / "results"))
    assert b"Nothing is stored for this page." in made["index.html"]
    assert b"Table 2 of the paper" in made["reported.html"]


def test_the_same_records_give_the_same_bytes_wherever_and_however_often(files, planted, tmp_path):
    code = (
        "import sys; from pathlib import Path; from bench.report import *\n"
        "write(build(gather(Path(sys.argv[1]))), Path(sys.argv[2]))"
    )
    moved = planted.rename(tmp_path / "moved")
    env = {**os.environ, "PYTHONHASHSEED": "7", "COLUMNS": "30", "LC_ALL": "C"}
    argv = [sys.executable, "-c", code, str(moved), str(tmp_path / "site")]
    subprocess.run(argv, check=True, env=env)
    assert {path: (tmp_path / "site" / path).read_bytes() for path in files} == files
    assert build(gather(moved)) == files


def test_an_earlier_report_leaves_nothing_behind(tmp_path):
    write({"index.html": b"1", "models/old.html": b"2"}, tmp_path / "site")
    write({"index.html": b"3"}, tmp_path / "site")
    found = sorted(p.name for p in (tmp_path / "site").rglob("*") if p.is_file())
    assert found == ["index.html", "report.json"]


def test_a_folder_of_other_files_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(BenchError) as caught:
        write({"index.html": b""}, tmp_path)
    assert str(caught.value) == (
        f"--out {tmp_path} holds files that are no report. Name a new or empty folder, or that of "
        f"an earlier report."
    )
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_list_of_files_never_removes_one_outside(tmp_path):
    (tmp_path / "mine").write_text("")
    site = tmp_path / "site"
    site.mkdir()
    (site / "report.json").write_text('{"files": {"../mine": ""}}')
    write({"index.html": b""}, site)
    assert (tmp_path / "mine").exists()


def test_a_card_tells_results_classes_and_how_to_make_it_again(planted):
    text = model_card(gather(planted), "wide")
    assert text.startswith("# Wide \\| net\n\n## Entry\n")
    assert "| Wide \\| net |   77.78 |" in text
    command = (
        "bench run --model wide --dataset faces --protocol subject-2-fold --preset full --seeds 0 "
        "--weights imagenet"
    )
    assert f"```sh\n{command}\n```" in text


def test_a_card_of_a_hostile_title_stays_one_heading(planted):
    head = model_card(gather(planted), "evil").splitlines()[0]
    assert head.startswith("# &lt;/script&gt;&lt;script&gt;")


def test_a_model_that_nobody_ran_has_a_card_that_says_so(planted, capsys):
    assert main(["report", "--model", "ceflnet", "--results", str(planted)]) == 0
    text = capsys.readouterr().out
    assert "Not measured yet." in text
    assert "bench cost --model ceflnet" in text


def test_an_unknown_model_is_an_error_that_names_the_nearest(planted, capsys):
    assert main(["report", "--model", "ceflnett", "--results", str(planted)]) == 2
    assert "error: unknown model 'ceflnett'. Did you mean 'ceflnet'?" in capsys.readouterr().err


def test_nothing_asked_and_no_folder_are_errors(tmp_path, capsys):
    assert main(["report"]) == 2
    assert capsys.readouterr().err == (
        "error: bench report has nothing to write; pass --out DIR for a site, or --model NAME for "
        "a card.\n"
    )
    missing = tmp_path / "none"
    assert main(["report", "--results", str(missing), "--model", "ceflnet"]) == 2
    assert capsys.readouterr().err == (
        f"error: results folder {missing} does not exist. Pass --results DIR, or make results "
        f"with `bench run`.\n"
    )
