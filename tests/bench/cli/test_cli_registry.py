"""`bench list` and `bench show`: every section, for people and for programs."""

import json

import pytest

from bench.frames.transforms import TRANSFORMS
from bench.protocols import NAMES
from bench.registry import SECTIONS, load
from bench.schema import plain


def known(section):
    return [*NAMES] if section == "protocols" else [*getattr(load(), section)]


@pytest.mark.parametrize("section", [*SECTIONS, "protocols"])
def test_a_section_is_listed_in_the_order_of_the_registry(ask, cells, section):
    code, out, _ = ask("list", section)
    assert (code, out.split()[0]) == (0, section)
    assert [row[0] for row in cells(out)] == known(section)


@pytest.mark.parametrize("section", [*SECTIONS, "protocols"])
def test_a_program_gets_the_same_entries_with_every_key(ask, section):
    code, out, _ = ask("list", section, "--format", "json")
    entries = json.loads(out)
    assert (code, [entry["name"] for entry in entries]) == (0, known(section))
    assert len({frozenset(entry) - {"params"} for entry in entries}) <= 1


def test_models_are_listed_when_no_section_is_named(ask):
    assert ask("list") == ask("list", "models")


def test_params_are_listed_where_they_are_locked(ask, cells):
    rows = {row[0]: row[-1] for row in cells(ask("list")[1])}
    assert (rows["ceflnet"], rows["c3d-table8"]) == ("12,828,807", "79,991,015")


def test_an_unknown_section_is_answered_with_the_known_ones(ask):
    assert ask("list", "modles") == (
        2,
        "",
        "error: unknown section 'modles'. Did you mean 'models'? Known: datasets, models, "
        "objectives, presets, protocols, recipes, transforms, unbuilt.\n",
    )


def test_input_transforms_are_listed_as_they_are_asked_for(ask, cells):
    code, out, _ = ask("list", "transforms")
    assert (code, [row[0] for row in cells(out)]) == (0, [f"MODEL@{name}" for name in TRANSFORMS])
    assert "every frame is the middle one of the video" in out


def test_a_sanity_row_is_shown_with_what_it_does(ask):
    code, out, _ = ask("show", "resnet18@middle-frame")
    lines = out.splitlines()
    assert (code, lines[0]) == (0, "model resnet18@middle-frame  (registry.yaml)")
    assert "  title: ResNet-18 @ middle frame" in lines
    assert ask("show", "resnet18@nonsense") == (
        2,
        "",
        "error: unknown input transform 'nonsense'. Known: clips=N, frames=N, masked-face, "
        "middle-frame, shuffled-frames.\n",
    )


@pytest.mark.parametrize("command", [["list"], ["show", "fan"], ["folds", "synthetic"]])
def test_a_format_that_cannot_be_written_is_refused(ask, command):
    assert ask(*command, "--format", "yaml") == (
        2,
        "",
        "error: unknown format 'yaml'. Known: json, text.\n",
    )


def test_an_entry_is_shown_with_its_file_and_its_defaults(ask):
    code, out, _ = ask("show", "ceflnet")
    lines = out.splitlines()
    assert (code, lines[0]) == (0, "model ceflnet  (registry.yaml)")
    assert "  factory: ceflnet.model:CEFLNet" in lines
    assert "    mean: 0.0, 0.0, 0.0" in lines  # a default
    assert "    params: 12828807" in lines


def test_a_program_gets_an_entry_whole(ask):
    code, out, _ = ask("show", "ceflnet", "--format", "json")
    entry = json.loads(json.dumps(plain(load().models["ceflnet"])))
    assert (code, json.loads(out)) == (0, {"models": entry})


def test_a_name_of_two_sections_shows_both(ask):
    _, out, _ = ask("show", "c3d")
    first = [line for line in out.splitlines() if not line.startswith(" ")]
    assert first == ["model c3d  (registry.yaml)", "recipe c3d  (registry.yaml)"]


def test_an_unknown_name_is_answered_with_the_nearest_and_where_all_are_listed(ask):
    names = sorted({name for section in SECTIONS for name in known(section)})
    assert ask("show", "ceflnt") == (
        2,
        "",
        f"error: unknown entry 'ceflnt'. Did you mean 'ceflnet'? Known: {', '.join(names[:5])} and "
        f"{len(names) - 5} more. See `bench list` with {', '.join(SECTIONS)}.\n",
    )


def test_a_registry_of_ones_own_is_listed_and_named(ask, tmp_path):
    mine = tmp_path / "mine.yaml"
    mine.write_text("presets:\n  night: {title: all night, epochs: 500}\n")
    assert "night" in ask("list", "presets", "--registry", mine)[1]
    assert ask("show", "night", "--registry", mine)[1].splitlines()[0] == (
        "preset night  (mine.yaml)"
    )


def test_a_dataset_is_shown_with_the_tree_that_is_read(ask):
    _, out, _ = ask("show", "bu4dfe")
    lines = out.splitlines()
    assert "  protocols that ship as files: sub60, subject-10-fold" in lines
    assert "    root/                             also: up to three folders around it" in lines
    assert "Raises:" not in out


def test_datasets_are_listed_with_their_published_counts(ask, cells):
    _, out, _ = ask("list", "datasets")
    rows = {row[0]: row[1:] for row in cells(out)}
    assert rows["bu4dfe"] == ["BU-4DFE", "subject-10-fold", "606", "101"]


@pytest.fixture
def mine(tmp_path):
    """A registry with a system that nobody can build."""
    path = tmp_path / "mine.yaml"
    path.write_text(
        "unbuilt:\n  lost: {title: Lost, reported: [Lost], reason: It was lost., source: a paper}\n"
    )
    return path


def test_a_system_without_an_entry_is_listed_with_the_reason(ask, cells, mine):
    _, out, _ = ask("list", "unbuilt", "--registry", mine)
    assert cells(out)[-1] == ["lost", "Lost", "It was lost."]


def test_the_ledger_of_the_paper_is_shown(ask):
    code, out, _ = ask("show", "--paper")
    lines = out.splitlines()
    assert code == 0
    assert lines[0].startswith("Tables 2 to 9 of the paper · 48 rows: ")
    assert "FAN                           2  BU-3DFE        84.17  fan" in lines


def test_a_program_gets_the_ledger_as_rows(ask):
    rows = json.loads(ask("show", "--paper", "--format", "json")[1])["sections"][0]["rows"]
    assert [row["table"] for row in rows] == sorted(row["table"] for row in rows)
    assert {row["system"]: row["answer"] for row in rows}["C3D-LSTM"] == "c3d-lstm"
    code, out, _ = ask("show", "--paper", "--format", "csv")
    assert (code, len(out.splitlines())) == (0, len(rows) + 1)


def test_the_ledger_is_refused_in_a_format_that_cannot_be_written(ask):
    assert ask("show", "--paper", "--format", "yaml") == (
        2,
        "",
        "error: unknown format 'yaml'. Known: csv, html, json, latex, markdown, text.\n",
    )


@pytest.mark.parametrize(
    ("words", "given"), [([], "nothing to show"), (["fan", "--paper"], "'fan' and --paper")]
)
def test_an_entry_or_the_ledger_is_shown_and_not_both(ask, words, given):
    assert ask("show", *words) == (
        2,
        "",
        f"error: show was given {given}; expected one of the two: `bench show NAME`, with a name "
        "that `bench list` prints, or `bench show --paper`.\n",
    )
