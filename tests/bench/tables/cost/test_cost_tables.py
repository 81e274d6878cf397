"""The golden files: `python -m tests.bench.tables.cost.test_cost_tables`; read the difference."""

import csv
import io
import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from bench import tables
from bench.errors import BenchError
from bench.records import (
    Complexity,
    CostRecord,
    Energy,
    Environment,
    GpuState,
    InputSpec,
    ModelEntry,
    Sampling,
    Setting,
    Stages,
    Throughput,
    Timing,
    Views,
)
from bench.store import digest

GOLDEN = Path(__file__).parents[3] / "golden"

CPU = Environment("abc", False, "cpu-epyc-2", "cpu", "EPYC", None, 2, "3.11", {"torch": "2.15.0"})
GPU = replace(CPU, machine="gpu-nvidia-h200", device="cuda", gpu="NVIDIA H200", driver="570.86.15")
EAGER = Setting("cuda", "bf16")
COMPILED = replace(EAGER, compiled=True)
SLOW = Setting("cpu", threads=2)
CONVENTIONS = {"macs": "flop_counter 2.15.0, halved", "macs_ptflops": "ptflops 0.7.5, hooks"}


def model(name, title, sampling, *, size=112, views=None):
    spec = InputSpec(sampling, sampling, size, views=views or Views())
    return ModelEntry(name, title, "network", "x:Y", "cited", spec, "own")


CEFLNET = model("ceflnet", "CEFLNet", Sampling("clips", 7, 5), size=224)
C3D = model("c3d", "C3D", Sampling("uniform", frames=16))
FAN = model("fan", "FAN", Sampling("all"), size=224)
SWIN = model("swin", "Swin_T", Sampling("uniform", frames=8), views=Views(2, 3))

COUNTS = {
    "ceflnet": Complexity(6, (3, 35, 224, 224), 12828807, 63515309952, 63799063525),
    "c3d": Complexity(7, (3, 16, 112, 112), 78024455, 38546993152, 38615098375),
    "fan": Complexity(7, (3, 3, 224, 224), 11188816, 5440695808, 5465006093),
    "swin": Complexity(7, (3, 8, 112, 112), 28000000, 4000000000, 3500000000),
}


def cost(entry, timing=None, environment=CPU, day=1, **changes):
    counts = COUNTS[entry.name]
    plain = CostRecord(
        model=entry,
        identity=f"{entry.name}-{digest(timing.setting if timing else None)[:4]}",
        complexity=counts,
        trainable=counts.params,
        activations=10 * counts.params,
        weight_bytes=4 * counts.params,
        conventions=CONVENTIONS,
        uncounted=(),
        environment=environment,
        created=f"2026-11-{day:02d}T12:00:00+00:00",
        timing=timing,
    )
    return replace(plain, **changes)


def timing(setting, samples, **changes):
    return replace(Timing(setting, False, 40, True, tuple(samples)), **changes)


def ten(middle, step=0.01):
    """Ten samples around a median; a 95 % interval from the second to the ninth."""
    return [middle + step * n for n in (-9, -7, -5, -3, -1, 1, 3, 5, 7, 9)]


def gpu_records():
    """CEFLNet twice, compiled; C3D out of memory and throttled; both once more, eager."""
    states = (
        GpuState("before", 345, 2619, 76.5, 31),
        GpuState("during", 1980, 2619, 512.0, 48),
        GpuState("after", 1980, 2619, 498.0, 49),
    )
    hot = (*states[:1], GpuState("during", 1410, 2619, 699.5, 83, ("sw power cap",)))
    first = timing(
        COMPILED,
        ten(4.2),
        device_ms=tuple(ten(3.9)),
        beside=("c3d",),
        compile_s=31.25,
        memory_bytes=900 * 2**20,
        gpu=states,
        energy=Energy(9000, 100, 2.5),
        throughput=(
            Throughput(1, (4.0, 4.5, 4.0)),
            Throughput(2, (5.0, 5.0, 5.0)),
            Throughput(4, (12.0, 12.0)),
        ),
    )
    throttled = replace(
        first,
        wall_ms=tuple(ten(2.5, 0.1)),
        beside=("ceflnet",),
        gpu=hot,
        energy=None,
        throughput=(Throughput(1, (2.5,)), Throughput(2, (4.0,)), Throughput(4, ())),
        unstable=("SM clock fell from 1980 to 1410 MHz", "throttled: sw power cap"),
    )
    full = timing(EAGER, (4.0, 5.0, 6.0), throughput=(Throughput(1, ()),), steady=False)
    return [
        cost(CEFLNET, first, GPU, 2),
        cost(CEFLNET, replace(first, wall_ms=tuple(ten(4.0))), GPU, 1),
        cost(C3D, throttled, GPU, 2),
        cost(C3D, full, GPU, 2),
    ]


def cpu_records():
    """Quick times, one from the file on, one that never settled; a full one; another torch."""
    wall_ms = {
        "decode": (50.0, 52.0, 48.0),
        "face": (30.0,),
        "crop": (4.0, 4.5),
        "model": (1000.0, 900.0),
    }
    quick = timing(
        SLOW,
        (1000.0, 1010.0, 990.0),
        quick=True,
        foreign_load=0.034,
        stages=Stages("S001-001.avi", 50, 2.0, "haar", wall_ms),
    )
    newer = replace(CPU, packages={"torch": "2.16.0"})
    restless = replace(quick, wall_ms=(80.0, 100.0, 90.0), steady=False, stages=None)
    return [
        cost(CEFLNET, quick),
        cost(FAN, restless),
        cost(SWIN, timing(SLOW, ten(50.0, 0.5))),
        cost(C3D, timing(SLOW, ten(450.0, 1.0)), newer),
    ]


def counted():
    """CEFLNet as it is and with ten frames, Swin half frozen and beyond the hooks."""
    ten_frames = replace(CEFLNET, input=replace(CEFLNET.input, test=Sampling("clips", 7, 10)))
    more = Complexity(6, (3, 70, 224, 224), 12828807, 127030619904, 127590000000)
    missed = ("a (Attention)", "b (Attention)", "c (Attention)", "d (Mix)", "e (Mix)")
    return [
        cost(CEFLNET),
        cost(ten_frames, complexity=more, identity="ceflnet-10"),
        cost(
            SWIN,
            day=3,
            trainable=14000000,
            uncounted=("macs: head (Odd)", *(f"macs_ptflops: {name}" for name in missed)),
        ),
        cost(FAN),
    ]


def records():
    return [*counted(), *cpu_records(), *gpu_records()]


def base():
    """Two runs of CEFLNet and one of C3D in the compiled setting, before a change."""
    old = [
        replace(record, timing=replace(record.timing, wall_ms=tuple(ten(middle))))
        for record, middle in zip(gpu_records(), (4.1, 4.0, 2.0), strict=False)
    ]
    return [*old, cost(C3D, timing(SLOW, ten(300.0)), replace(CPU, machine="cpu-other"))]


@cache
def printed():
    """File name -> what it should hold."""
    found = tables.costs(records(), base=base())
    return {
        "cost.txt": tables.render(found, "text", 160),
        "cost.md": tables.render(found, "markdown"),
        "cost.csv": tables.render(found, "csv"),
        "cost.tex": tables.render(found, "latex"),
        "cost.json": tables.render(found, "json"),
    }


def titled(sections, start):
    (section,) = (section for section in sections if section.title.startswith(start))
    return section


def shown(section, title):
    (column,) = (column for column in section.columns if column.title == title)
    return {row["system"]: column.show(row) for row in section.rows}


@pytest.mark.parametrize("name", printed())
def test_every_format_prints_its_golden_file(name):
    assert printed()[name] == (GOLDEN / name).read_text(encoding="utf-8")


# ------------------------------------------------------------------ what is never mixed


def test_each_machine_setting_torch_and_number_of_samples_has_a_section():
    assert [section.title for section in tables.costs(records())] == [
        "Cost on cpu-epyc-2 · CPU · fp32 · batch 1 · 2 threads · torch 2.15.0",
        "Cost on cpu-epyc-2 · CPU · fp32 · batch 1 · 2 threads · torch 2.15.0 (QUICK)",
        "From file to answer on cpu-epyc-2 · CPU · fp32 · batch 1 · 2 threads · torch 2.15.0 "
        "(QUICK)",
        "Cost on cpu-epyc-2 · CPU · fp32 · batch 1 · 2 threads · torch 2.16.0",
        "Cost on gpu-nvidia-h200 · cuda · bf16 · batch 1 · torch 2.15.0",
        "Cost on gpu-nvidia-h200 · cuda · bf16 · batch 1 · compiled · torch 2.15.0",
        "Complexity",
    ]


def test_a_machine_may_be_chosen_and_counts_stay():
    titles = [s.title for s in tables.costs(records(), machines=["gpu-nvidia-h200"])]
    assert titles == [
        "Cost on gpu-nvidia-h200 · cuda · bf16 · batch 1 · torch 2.15.0",
        "Cost on gpu-nvidia-h200 · cuda · bf16 · batch 1 · compiled · torch 2.15.0",
        "Complexity",
    ]
    counted = tables.costs(records(), machines=["counted"])
    assert [section.title for section in counted] == ["Complexity"]
    assert counted[0].rows == tables.costs(records())[-1].rows


@pytest.mark.parametrize(
    "change",
    [
        {"precision": "tf32"},
        {"batch": 8},
        {"compiled": True},
        {"channels_last": True},
        {"device": "cuda", "threads": None},
        {"threads": 1},
    ],
)
def test_two_settings_never_share_a_section(change):
    one = cost(C3D, timing(SLOW, ten(450.0)))
    other = cost(CEFLNET, timing(replace(SLOW, **change), ten(450.0)))
    assert len(tables.costs([one, other])) == 3


def test_the_plain_setting_of_a_machine_stands_first():
    kinds = ("fp16", "tf32", "bf16", "fp32")
    given = [cost(C3D, timing(replace(EAGER, precision=kind), ten(2.0)), GPU) for kind in kinds]
    given += [cost(C3D, timing(replace(COMPILED, precision="fp32"), ten(2.0)), GPU)]
    found = tables.costs(given)[:-1]
    assert [(s.key["precision"], s.key["mode"]) for s in found] == [
        ("fp32", "eager"),
        ("fp32", "compiled"),
        ("tf32", "eager"),
        ("bf16", "eager"),
        ("fp16", "eager"),
    ]


def test_the_cheapest_network_stands_first():
    one, two = (cost(entry, timing(SLOW, ten(450.0))) for entry in (CEFLNET, FAN))
    assert [row["model"] for row in tables.costs([one, two])[0].rows] == ["fan", "ceflnet"]
    assert [row["macs"] for row in tables.costs(records())[-1].rows] == [
        4000000000,
        5440695808,
        38546993152,
        63515309952,
        127030619904,
    ]


# ------------------------------------------------------------------ numbers


def compiled():
    return titled(
        tables.costs(gpu_records(), base=base()),
        "Cost on gpu-nvidia-h200 · cuda · bf16 · batch 1 · compiled",
    )


def test_raw_columns_hold_what_the_samples_say():
    row = compiled().rows[1]
    assert row["p50_ms"] == pytest.approx(4.2)
    assert row["p95_ms"] == pytest.approx(4.281)
    assert row["iqr_ms"] == pytest.approx(0.09)
    assert (row["p50_low_ms"], row["p50_high_ms"]) == pytest.approx((4.13, 4.27))
    assert row["device_p50_ms"] == pytest.approx(3.9)
    assert row["joules_per_video"] == pytest.approx(0.09)
    assert (row["videos_per_s"], row["videos_per_s_batch"]) == (400.0, 2)
    assert (row["memory_bytes"], row["compile_s"], row["n"]) == (900 * 2**20, 31.25, 10)


def test_the_newest_run_speaks_and_the_note_says_how_far_the_runs_lie_apart():
    assert compiled().rows[1]["runs"] == 2
    assert shown(compiled(), "p50 ms")["CEFLNet"] == "4.20"
    assert (
        "Runs stored, of which the newest is shown (p50s differ by): CEFLNet 2 (5.0 %)."
        in compiled().notes
    )


def test_runs_lie_as_far_apart_as_the_slowest_and_the_fastest_of_them():
    runs = [
        cost(C3D, timing(SLOW, (middle,)), day=day) for day, middle in enumerate((4.0, 5.0, 4.5), 1)
    ]
    assert any(note.endswith("C3D 3 (25.0 %).") for note in tables.costs(runs)[0].notes)


def test_an_unstable_time_is_marked_and_its_reasons_are_listed():
    assert shown(compiled(), "p50 ms") == {"C3D": "≈2.50", "CEFLNet": "4.20"}
    assert (
        "≈ unstable, C3D: SM clock fell from 1980 to 1410 MHz; throttled: sw power cap."
        in compiled().notes
    )


def test_the_best_batch_is_shown_and_out_of_memory_is_an_answer():
    assert shown(compiled(), "Videos/s\n@ batch") == {"C3D": "500.0 @ 2", "CEFLNet": "400.0 @ 2"}
    assert "Out of memory: C3D at batch 4." in compiled().notes
    eager = tables.costs(gpu_records())[0]
    assert shown(eager, "Videos/s\n@ batch") == {"C3D": "out of memory @ 1"}


def test_the_machine_is_named_with_its_clocks():
    assert compiled().notes[-2:] == (
        "GPU NVIDIA H200, driver 570.86.15. SM clock 345 MHz before, 1410–1980 MHz during, 1980 "
        "MHz after. Power 76–700 W, temperature 31–83 °C.",
        "Clocks held down: C3D sw power cap.",
    )


def test_clocks_that_were_never_held_down_say_so():
    states = gpu_records()[0].timing.gpu
    free = cost(C3D, timing(EAGER, ten(2.0), gpu=states), GPU)
    assert tables.costs([free])[0].notes[-1] == "Clocks held down: never, at the moments read."


def test_a_driver_that_does_not_say_what_holds_clocks_down_is_not_quoted():
    states = tuple(replace(state, throttle=None) for state in gpu_records()[0].timing.gpu)
    silent = cost(C3D, timing(EAGER, ten(2.0), gpu=states), GPU)
    assert not any("held down" in note for note in tables.costs([silent])[0].notes)


def test_a_gpu_that_says_nothing_gets_no_clocks():
    silent = cost(C3D, timing(EAGER, ten(2.0)), replace(GPU, driver=None))
    assert tables.costs([silent])[0].notes[-1] == "GPU NVIDIA H200, driver unknown."


def test_few_samples_have_no_interval():
    section = tables.costs([cost(C3D, timing(SLOW, (1.0, 2.0, 3.0, 4.0, 5.0)))])[0]
    assert shown(section, "95 % CI\nof p50") == {"C3D": "–"}


def test_a_column_that_no_row_fills_is_left_out():
    section = tables.costs([cost(C3D, timing(SLOW, ten(450.0)))])[0]
    assert [column.title for column in section.columns] == [
        "System",
        "Input",
        "Params",
        "MACs",
        "p50 ms",
        "p95 ms",
        "Spread",
        "n",
        "95 % CI\nof p50",
    ]


def test_a_cpu_and_a_quick_look_are_cautioned():
    section = titled(tables.costs([cpu_records()[0]]), "Cost on")
    assert section.notes[:2] == (
        "CPU: An absolute time on a shared CPU is no figure to publish.",
        "QUICK: few samples, an indication and not a measurement to publish.",
    )
    assert section.notes[-1] == "Other work on the machine took up to 3 % of its cores."


# ------------------------------------------------------------------ per video


def test_several_views_multiply_the_macs_and_the_energy_of_a_video_and_divide_its_speed():
    spent = timing(
        EAGER, ten(2.0), energy=Energy(6000, 100, 1.0), throughput=(Throughput(4, (2.0,)),)
    )
    section, exact = tables.costs([cost(SWIN, spent, GPU)])
    row = section.rows[0]
    assert (row["passes"], row["frames_per_video"]) == (6, 16)
    assert row["macs_per_video"] == 6 * row["macs"] == exact.rows[0]["macs_per_video"]
    assert row["joules_per_video"] == pytest.approx(0.36)
    assert row["videos_per_s"] == pytest.approx(2000 / 6)
    assert shown(section, "MACs\nper video") == {"Swin_T": "24.00 G"}


def test_a_batch_shares_its_energy_among_its_videos():
    spent = timing(replace(EAGER, batch=4), ten(2.0), energy=Energy(6000, 100, 1.0))
    assert tables.costs([cost(C3D, spent, GPU)])[0].rows[0]["joules_per_video"] == 0.015


def test_a_network_that_reads_every_frame_is_marked():
    (section,) = tables.costs([cost(FAN)])
    assert shown(section, "MACs\nper video") == {"FAN": "5.44 G ‡"}
    assert shown(section, "Frames\nper video") == {"FAN": "all"}
    assert section.notes[-1] == (
        "‡ reads every frame of a video, however many; these are the MACs for the frames of its "
        "input."
    )


def test_one_view_needs_no_column_for_the_video():
    (section,) = tables.costs([cost(C3D)])
    assert "MACs\nper video" not in [column.title for column in section.columns]


# ------------------------------------------------------------------ complexity


def test_a_network_is_counted_once_for_each_input_with_its_newest_count():
    old = cost(C3D, complexity=replace(COUNTS["c3d"], params=1))
    (section,) = tables.costs([cost(C3D, day=2), old])
    assert [row["params"] for row in section.rows] == [78024455]


def test_a_time_brings_its_counts_along():
    assert titled(tables.costs(gpu_records()), "Complexity").rows[0]["params"] == 78024455


def test_rows_of_one_title_say_in_what_they_differ():
    (section,) = tables.costs(counted()[:2])
    assert [row["system"] for row in section.rows] == [
        "CEFLNet [3×35×224×224]",
        "CEFLNet [3×70×224×224]",
    ]
    seven = cost(CEFLNET, complexity=replace(COUNTS["ceflnet"], classes=7), identity="seven")
    (section,) = tables.costs([cost(CEFLNET), seven])
    assert {row["system"] for row in section.rows} == {
        "CEFLNet [6 classes]",
        "CEFLNet [7 classes]",
    }


def test_notes_name_a_row_as_the_table_does():
    entry = replace(CEFLNET, input=replace(CEFLNET.input, size=112))
    shrunk = replace(COUNTS["ceflnet"], input=(3, 35, 112, 112))
    busy = timing(SLOW, ten(9.0), unstable=("busy",))
    both = [cost(CEFLNET, busy), cost(entry, busy, complexity=shrunk, identity="small")]
    notes = tables.costs(both)[0].notes
    assert "≈ unstable, CEFLNet [3×35×112×112]: busy." in notes
    assert "≈ unstable, CEFLNet [3×35×224×224]: busy." in notes


def test_params_that_are_frozen_get_a_column():
    (section,) = tables.costs(counted()[2:])
    assert shown(section, "Trainable") == {"Swin_T": "14.00 M", "FAN": "11.19 M"}
    (same,) = tables.costs([cost(C3D)])
    assert "Trainable" not in [column.title for column in same.columns]


def test_both_conventions_and_what_they_miss_are_named():
    (section,) = tables.costs(counted()[2:3])
    assert section.notes[1:] == (
        "MACs: flop_counter 2.15.0, halved.",
        "MACs (ptflops): ptflops 0.7.5, hooks.",
        "The two conventions differ: ptflops adds biases, norms, activations and pooling, and does "
        "not see what is computed without a module.",
        "MACs misses in Swin_T (3×8×112×112): head (Odd).",
        "MACs (ptflops) misses in Swin_T (3×8×112×112): a (Attention), b (Attention), "
        "c (Attention) and 2 more.",
    )


def test_complexity_alone_can_be_had_for_counts_that_are_not_stored():
    section = tables.complexity([cost(C3D, complexity=replace(COUNTS["c3d"], classes=0))])
    assert (section.title, shown(section, "Classes")) == ("Complexity", {"C3D": "–"})


# ------------------------------------------------------------------ from file to answer


def test_stages_are_told_per_second_of_video():
    section = titled(tables.costs(cpu_records()), "From file to answer")
    assert {column.title: column.show(section.rows[0]) for column in section.columns} == {
        "System": "CEFLNet",
        "Video": "S001-001.avi",
        "Seconds": "2.00",
        "Frames": "50",
        "Detector": "haar",
        "Decode\nms/s": "25.00",
        "Face\nms/s": "15.00",
        "Crop\nms/s": "2.12",
        "Model\nms/s": "475.00",
        "Sum\nms/s": "517.12",
    }


# ------------------------------------------------------------------ against a base


def test_the_ratio_is_of_all_samples_and_its_range_of_paired_runs():
    row = compiled().rows[1]
    assert row["vs_base"] == pytest.approx(4.1 / 4.05)
    assert row["vs_base_low"] == pytest.approx(4.0 / 4.0)
    assert row["vs_base_high"] == pytest.approx(4.2 / 4.1)
    assert shown(compiled(), "vs base") == {"C3D": "1.250", "CEFLNet": "1.012 (1.000–1.024)"}


def test_what_the_base_lacks_is_left_blank():
    eager = tables.costs(gpu_records(), base=base())[0]
    assert shown(eager, "vs base") == {"C3D": "–"}
    assert eager.rows[0]["vs_base"] is None


@pytest.mark.parametrize(
    "change",
    [
        {"environment": CPU},
        {"identity": "other"},
        {"model": replace(CEFLNET, name="other")},
        {"timing": replace(gpu_records()[0].timing, quick=True)},
    ],
)
def test_only_the_same_network_setting_machine_and_care_are_compared(change):
    one = gpu_records()[0]
    (section, _) = tables.costs([one], base=[replace(one, **change)])
    assert shown(section, "vs base") == {"CEFLNet": "–"}


def test_a_base_without_times_is_refused():
    with pytest.raises(BenchError) as error:
        tables.costs(records(), base=counted())
    assert str(error.value) == (
        "--against names a folder without any timed record; expected the results of `bench "
        "latency` with the base version."
    )


# ------------------------------------------------------------------ questions and formats


def test_named_models_show_alone():
    found = tables.costs(records(), ("c3d",))
    assert {row["model"] for section in found for row in section.rows} == {"c3d"}


def test_a_model_without_a_cost_is_named():
    with pytest.raises(BenchError) as error:
        tables.costs(records(), ("vit",))
    assert str(error.value) == (
        "model 'vit' has no stored cost; stored are c3d, ceflnet, fan, swin. Count it with `bench "
        "cost --model vit`."
    )


def test_no_cost_at_all_names_the_commands():
    with pytest.raises(BenchError) as error:
        tables.costs([])
    assert str(error.value) == (
        "no cost is stored; count all models with `bench cost --all`, or time them with `bench "
        "latency --all`."
    )


def test_csv_and_json_hold_raw_numbers():
    section = compiled()
    (_, row) = csv.DictReader(io.StringIO(tables.render([section], "csv")))
    (_, same) = json.loads(tables.render([section], "json"))["sections"][0]["rows"]
    assert same == section.rows[1]
    assert float(row["vs_base"]) == same["vs_base"] != round(same["vs_base"], 8)
    assert (row["machine"], row["mode"]) == ("gpu-nvidia-h200", "compiled")


def test_the_order_of_the_records_changes_no_byte():
    turned = tables.costs(records()[::-1], base=base()[::-1])
    assert tables.render(turned, "json") == printed()["cost.json"]


if __name__ == "__main__":
    for name, text in printed().items():
        (GOLDEN / name).write_text(text, encoding="utf-8")
