"""The golden files: `python -m tests.bench.tables.paper.test_paper_tables`; read the difference."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from bench import tables
from bench.errors import BenchError
from bench.records import (
    Complexity,
    CostRecord,
    DatasetEntry,
    Environment,
    InputSpec,
    ModelEntry,
    Sampling,
    Setting,
    Timing,
)

GOLDEN = Path(__file__).parents[3] / "golden"

CPU = Environment("abc", False, "cpu-epyc-2", "cpu", "EPYC", None, 2, "3.11", {"torch": "2.15.0"})
GPU = replace(CPU, machine="gpu-h200", device="cuda", gpu="H200")
PARMAR = "inferred from params and MACs in Table 8 of Liu et al. (2022); after Parmar & Morris"
BU4DFE = DatasetEntry("bu4dfe", "BU-4DFE", "x:y", "cited", "subject-10-fold", reported=("BU-3DFE",))
COMMAND = "Not counted yet: run `bench cost --model ceflnet --frames 2,5,10,15`."


def entry(name, paper, counts, source, note=""):
    """A network of seven clips of five frames, with the lock of those counts."""
    sampling = Sampling("clips", 7, 5)
    return ModelEntry(
        name=name,
        title=paper,
        kind="network",
        factory="x:Y",
        source=source,
        input=InputSpec(sampling, sampling, 224),
        recipe="own",
        complexity=Complexity(*counts),
        reported=(paper,),
        reported_cost=(paper,),
        note=note,
    )


WHOLE = (3, 35, 224, 224)
CEFLNET = entry(
    "ceflnet", "CEFLNet", (6, WHOLE, 12828807, 63515309952, 63799063525), "Liu et al. (2022)"
)
C3D = entry(
    "c3d-table8",
    "C3D",
    (487, WHOLE, 79991015, 325819203584, 326411415352),
    "inferred from params and MACs in Table 8 of Liu et al. (2022)",
    "the 487 classes and the input that give the paper's digits; counted, never scored",
)
LSTM = entry(
    "c3d-lstm", "C3D-LSTM", (6, WHOLE, 110242054, 281685198336, 282262068230), PARMAR, "no recipe"
)
PER_FRAME = {2: (25406124032, 25520000000), 10: (127030619904, 127590000000)}


def cost(model, timing=None, environment=CPU, **changes):
    assert model.complexity is not None
    plain = CostRecord(
        model=model,
        identity=model.name,
        complexity=model.complexity,
        trainable=model.complexity.params,
        activations=1,
        weight_bytes=1,
        conventions={},
        uncounted=(),
        environment=environment,
        created="2026-11-20T12:00:00+00:00",
        timing=timing,
    )
    return replace(plain, **changes)


def with_frames(frames, **changes):
    """CEFLNet with other clips than its entry locks."""
    spec = replace(CEFLNET.input, test=Sampling("clips", 7, frames))
    macs, like_paper = PER_FRAME[frames]
    counts = Complexity(6, (3, 7 * frames, 224, 224), 12828807, macs, like_paper)
    return cost(replace(CEFLNET, input=spec), complexity=replace(counts, **changes))


def timed():
    """On two machines; quickly, and disturbed, on the one."""
    quick = Timing(Setting("cpu", threads=2), True, 3, True, (900.0, 1000.0, 1100.0))
    full = Timing(Setting("cuda"), False, 40, True, (3.0, 4.0, 5.0))
    return [
        cost(CEFLNET, replace(quick, unstable=("busy",))),
        cost(CEFLNET, full, GPU),
        cost(C3D, full, GPU),
    ]


def records():
    return [cost(CEFLNET), cost(C3D), cost(LSTM), with_frames(2), with_frames(10), *timed()]


def paper(number, costs=()):
    known = tables.Known({"ceflnet": CEFLNET}, {"bu4dfe": BU4DFE})
    return tables.paper_tables((number,), tables.load_reported(), (), costs, known)[0]


@cache
def printed():
    """File name -> what it should hold."""
    return {
        f"paper-{number}.{end}": tables.render([paper(number, records())], format, width)
        for number in (8, 9)
        for end, format, width in (
            ("txt", "text", 160),
            ("md", "markdown", None),
            ("json", "json", None),
            ("csv", "csv", None),
            ("tex", "latex", None),
        )
    }


def shown(section, title):
    (column,) = (column for column in section.columns if column.title == title)
    return [column.show(row) for row in section.rows]


@pytest.mark.parametrize("name", printed())
def test_every_format_prints_its_golden_file(name):
    assert printed()[name] == (GOLDEN / name).read_text(encoding="utf-8")


def test_table_8_is_reproduced_to_every_printed_digit():
    section = paper(8, records())
    assert section.title == "Table 8 of the paper · accuracy and complexity"
    assert shown(section, "Params M\nreported") == ["79.99", "110.24", "12.83"]
    assert shown(section, "Params M\nmeasured") == ["79.99", "110.24", "12.83"]
    assert shown(section, "Params\nverdict") == ["equal"] * 3
    assert shown(section, "MACs G\nreported") == ["326.41", "282.26", "63.80"]
    assert shown(section, "MACs G\n(ptflops)") == ["326.41", "282.26", "63.80"]
    assert shown(section, "MACs\nverdict") == ["equal"] * 3
    assert shown(section, "MACs G\n(exact)") == ["325.82", "281.69", "63.52"]


def test_table_9_takes_the_count_of_as_many_frames():
    section = paper(9, records())
    assert shown(section, "MACs G\n(ptflops)") == ["25.52", "63.80", "127.59", "–"]
    assert shown(section, "MACs\nverdict") == ["equal", "equal", "equal", "not counted"]
    assert COMMAND in section.notes


def test_another_number_is_told_with_its_difference():
    off = replace(CEFLNET, complexity=Complexity(6, WHOLE, 12900000, 1, 63520000000))
    section = paper(8, [cost(off)])
    assert shown(section, "Params\nverdict")[2] == "+0.07 (+0.5 %)"
    assert shown(section, "MACs\nverdict")[2] == "-0.28 (-0.4 %)"


def test_a_counter_that_fails_is_no_verdict():
    blind = replace(CEFLNET, complexity=Complexity(6, WHOLE, 12828807, 63515309952))
    assert shown(paper(8, [cost(blind)]), "MACs\nverdict")[2] == "not counted"


@pytest.mark.parametrize(
    "other",
    [
        cost(replace(CEFLNET, reported_cost=())),
        with_frames(2),
        cost(CEFLNET, complexity=Complexity(7, WHOLE, 1, 1, 1)),
        cost(CEFLNET, complexity=Complexity(6, (3, 35, 112, 112), 1, 1, 1)),
    ],
    ids=["name", "frames", "classes", "size"],
)
def test_table_8_takes_no_other_layout_for_that_of_the_paper(other):
    assert paper(8, [other]).title.endswith("(REPORTED ONLY)")


@pytest.mark.parametrize(
    "change", [{"classes": 7}, {"input": (3, 14, 112, 112)}], ids=["classes", "size"]
)
def test_table_9_takes_no_other_layout_for_that_of_the_paper(change):
    assert paper(9, [with_frames(2, **change)]).title.endswith("(REPORTED ONLY)")


def test_the_newest_count_speaks():
    old = cost(CEFLNET, created="2026-11-19T12:00:00+00:00")
    old = replace(old, complexity=Complexity(6, WHOLE, 1, 1, 1))
    assert shown(paper(8, [cost(CEFLNET), old]), "Params M\nmeasured")[2] == "12.83"


def test_accuracy_is_said_not_to_be_measured():
    for number in (8, 9):
        section = paper(number, records())
        assert set(shown(section, "Accuracy\nmeasured")) == {"not run"}
        assert any(note.endswith("Accuracy was not measured here.") for note in section.notes)


def test_what_would_measure_the_accuracies_is_said():
    assert paper(9).notes[-1] == (
        "Not measured yet: `bench run --model ceflnet@frames=2,ceflnet@frames=5,ceflnet@frames=10,"
        "ceflnet@frames=15 --dataset bu4dfe --root DIR`."
    )
    assert paper(8).notes[-2:] == (
        "Not measured yet: `bench run --model ceflnet --dataset bu4dfe --root DIR`.",
        "No entry, so never measured: C3D, C3D-LSTM; `bench show --paper` says why.",
    )


def test_what_is_inferred_is_said_with_its_source():
    notes = paper(8, records()).notes
    assert f"C3D-LSTM: entry c3d-lstm, 6 classes; {PARMAR}; no recipe." in notes
    assert "CEFLNet: entry ceflnet, 6 classes; Liu et al. (2022)." in notes


def test_each_machine_has_its_own_columns_and_its_own_note():
    section = paper(8, records())
    assert shown(section, "p50 ms A\n(quick)") == ["–", "–", "≈1000.00"]
    assert shown(section, "p95 ms A\n(quick)") == ["–", "–", "1090.00"]
    assert shown(section, "p50 ms B") == ["4.00", "–", "4.00"]
    assert section.notes[-5:-2] == (
        "p50, p95 ms A (quick): wall time of a forward pass, CPU, fp32, batch 1, 2 threads, torch "
        "2.15.0, on cpu-epyc-2; a few passes, an indication only.",
        "p50, p95 ms B: wall time of a forward pass, cuda, fp32, batch 1, torch 2.15.0, on "
        "gpu-h200.",
        "≈ unstable: `bench table --cost` says why.",
    )


def test_without_a_count_nothing_but_the_report_stands_there():
    section = paper(8)
    assert section.title == "Table 8 of the paper · accuracy and complexity (REPORTED ONLY)"
    assert shown(section, "MACs\nverdict") == ["not counted"] * 3
    assert section.notes[1] == "Not counted yet: run `bench cost --all`."


@pytest.mark.parametrize(("number", "rows"), list(enumerate([7, 10, 9, 6, 5, 4, 3, 4], start=2)))
def test_every_table_of_the_paper_can_be_asked_for(number, rows):
    section = paper(number)
    assert section.key["table"] == f"Table {number}"
    assert section.title.endswith("(REPORTED ONLY)")
    assert len(section.rows) == rows


def test_a_table_that_is_not_quoted_is_answered_with_those_that_are():
    with pytest.raises(BenchError) as error:
        paper(1)
    assert str(error.value) == (
        "--paper 1 names no quoted table of the paper; expected 2 (BU-3DFE), 3 (MMI), "
        "4 (AFEW 8.0), 5 (DFEW), 6 (what each part of CEFLNet adds), 7 (locating the emotion-rich "
        "clip), 8 (accuracy and complexity), 9 (frames per clip), or all."
    )


if __name__ == "__main__":
    for name, text in printed().items():
        (GOLDEN / name).write_text(text, encoding="utf-8")
