"""The section of exact counts: every network and input that was counted, in both conventions."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bench.costs import Case, PerVideo, per_video
from bench.records import CostRecord
from bench.store import digest
from bench.tables.cost.beside import shape
from bench.tables.cost.timings import age, by_macs
from bench.tables.notes import DOUBLE_DAGGER
from bench.tables.section import NOTHING, Column, Row, Section, Show, fitted, words

_CONVENTIONS = {"macs": "MACs", "macs_ptflops": "MACs (ptflops)"}

_NAMED = 3
"""Modules of one network that a note names; the others are in its record."""


def complexity(records: Iterable[CostRecord]) -> Section:
    """What each network costs, one row a network, input and number of classes.

    Rows are sorted by MACs; of several counts the newest speaks.

    Args:
        records: counted or timed ones, in any order.
    """
    newest = {_network(record): record for record in sorted(records, key=age)}
    shown = sorted(newest.values(), key=by_macs)
    rows = [row(record) for record in shown]
    tell_apart(rows)
    return Section(
        title="Complexity",
        key={"data": "complexity"},
        columns=tuple(_columns(rows)),
        rows=tuple(rows),
        notes=tuple(_notes(shown, rows)),
    )


def row(record: CostRecord) -> dict[str, Any]:
    """Exact counts of one network, and what they make for one video."""
    counts, answer = record.complexity, views(record)
    return {
        "system": record.model.title,
        "model": record.model.name,
        "classes": counts.classes or None,
        "input": shape(counts.input),
        "params": counts.params,
        "trainable": record.trainable,
        "macs": counts.macs,
        "macs_ptflops": counts.macs_ptflops,
        "activations": record.activations,
        "weight_bytes": record.weight_bytes,
        "passes": answer.passes,
        "frames_per_video": answer.frames,
        "macs_per_video": None if counts.macs is None else answer.passes * counts.macs,
    }


def tell_apart(rows: Iterable[dict[str, Any]]) -> None:
    """Add to titles that several rows share what they differ in: input, number of classes."""
    titles: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        titles[row["system"]].append(row)
    for same in titles.values():
        _add(same, "input", "{}")
        _add(same, "classes", "{} classes")


def _add(rows: Sequence[dict[str, Any]], key: str, text: str) -> None:
    if len({row[key] for row in rows}) > 1:
        for row in rows:
            row["system"] += f" [{text.format(row[key])}]"


def views(record: CostRecord) -> PerVideo:
    """Forward passes and frames behind the answer for one video."""
    counts = record.complexity
    return per_video(Case(record.model, counts.classes, counts.input))


def for_a_video(rows: Sequence[Row]) -> list[Column]:
    """MACs of one video, where they are not the MACs of one pass or depend on the video."""
    if not any(row["passes"] > 1 or row["frames_per_video"] is None for row in rows):
        return []
    return [Column("MACs\nper video", _marked(fitted("macs_per_video", rows, "G")))]


def of_several_views(rows: Sequence[Row]) -> bool:
    """Whether any network makes more than one pass for a video."""
    return any(row["passes"] > 1 for row in rows)


def about_frames(rows: Sequence[Row]) -> list[str]:
    """The mark of the networks that read every frame."""
    if all(row["frames_per_video"] is not None for row in rows):
        return []
    return [
        f"{DOUBLE_DAGGER} reads every frame of a video, however many; these are the MACs for the "
        f"frames of its input."
    ]


def _network(record: CostRecord) -> tuple[str, str]:
    model, counts = record.model, record.complexity
    return model.name, digest([model.factory, model.args, counts.input, counts.classes])


def _marked(show: Show) -> Show:
    def marked(row: Row) -> str:
        return show(row) + (f" {DOUBLE_DAGGER}" if row["frames_per_video"] is None else "")

    return marked


def _columns(rows: Sequence[Row]) -> list[Column]:
    frozen = any(row["trainable"] != row["params"] for row in rows)
    trainable = [Column("Trainable", fitted("trainable", rows, "M"))] if frozen else []
    return [
        Column("System", words("system"), "left"),
        Column("Classes", words("classes")),
        Column("Input", words("input")),
        Column("Params", fitted("params", rows, "M")),
        *trainable,
        Column("MACs", fitted("macs", rows, "G")),
        Column("MACs\n(ptflops)", fitted("macs_ptflops", rows, "G")),
        Column("Activations", fitted("activations", rows, "M")),
        Column("Weights\nMiB", mebibytes("weight_bytes")),
        Column("Passes\nper video", words("passes")),
        Column("Frames\nper video", lambda row: str(row["frames_per_video"] or "all")),
        *for_a_video(rows),
    ]


def mebibytes(key: str) -> Show:
    """Bytes in MiB with one decimal."""
    return lambda row: NOTHING if row[key] is None else f"{row[key] / 2**20:.1f}"


def _notes(records: Sequence[CostRecord], rows: Sequence[Row]) -> list[str]:
    said = [
        "Input: channels × frames × height × width of one forward pass, which the counts are for; "
        "they are exact. 1 MAC = 2 FLOPs."
    ]
    for name, title in _CONVENTIONS.items():
        texts = dict.fromkeys(r.conventions[name] for r in records if name in r.conventions)
        said += [f"{title}: {'; '.join(texts)}."] if texts else []
    said.append(WHY_TWO)
    said += uncounted(records)
    return said + about_frames(rows)


WHY_TWO = (
    "The two conventions differ: ptflops adds biases, norms, activations and pooling, and does not "
    "see what is computed without a module."
)
"""Said wherever counts of both conventions stand side by side."""


def uncounted(records: Iterable[CostRecord]) -> list[str]:
    """Which modules a counter misses, one note a counter and network."""
    return [
        f"{_CONVENTIONS.get(counter, counter)} misses in {record.model.title} "
        f"({shape(record.complexity.input)}): {_listed(modules)}."
        for record in records
        for counter, modules in _missed(record).items()
    ]


def _missed(record: CostRecord) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for item in record.uncounted:
        counter, _, module = item.partition(": ")
        found[counter].append(module)
    return found


def _listed(modules: Sequence[str]) -> str:
    more = len(modules) - _NAMED
    return ", ".join(modules[:_NAMED]) + (f" and {more} more" if more > 0 else "")
