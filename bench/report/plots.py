"""Interactive plots: bokeh figures as plain JSON, the same bytes for the same numbers."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bench.records import FoldRecord
from bench.report.beside import Point, Spot, spots
from bench.report.drawing import INK, PADDING, embedded, empty, lean, legend, safe
from bench.tables import Section
from bench.tables.section import Row

if TYPE_CHECKING:
    from bokeh.plotting import figure

_NAMED = 12
"""So many points have their names beside them; of more, the tooltip tells."""

_MARKS = (
    ("#0072b2", "circle"),
    ("#d55e00", "square"),
    ("#009e73", "triangle"),
    ("#cc79a7", "diamond"),
    ("#e69f00", "inverted_triangle"),
    ("#56b4e9", "hex"),
)
"""Okabe and Ito's colours, each with a shape of its own, for eyes that see few colours."""


@dataclass(frozen=True, slots=True)
class Plot:
    """One plot of a page."""

    anchor: str
    label: str
    """What is to be seen, for those who cannot."""
    body: str
    """JSON that bokeh embeds; no text in it can end the script element that holds it."""
    kind: str = field(default="plot", init=False)


def scatter(section: Section, anchor: str) -> Plot | None:
    """Pooled UAR of each row against its MACs, a legend entry for each origin of the weights.

    Args:
        section: measured results that may stand in one column.
        anchor: id of the plot on its page.

    Returns:
        None where fewer than two rows have MACs.
    """
    rows = [row for row in section.rows if row.get("macs") and row.get("uar") is not None]
    if len(rows) < 2:
        return None
    plot = empty("MACs of one video (G, log scale)", "UAR (%)", x_axis_type="log")
    few = len(rows) <= _NAMED
    points = [Point(row["macs"], row["uar"], *_ends(row)) for row in rows]
    places = spots(points, [_name(row) for row in rows], PADDING) if few else [None] * len(rows)
    groups: dict[str, list[tuple[Row, Spot | None]]] = defaultdict(list)
    for row, spot in zip(rows, places, strict=True):
        groups[str(row["weights"])].append((row, spot))
    for number, origin in enumerate(sorted(groups)):
        _points(plot, groups[origin], f"weights: {origin}", number)
    whole = [row for row in rows if _whole(row)]
    highest = ""
    if whole:
        best = max(whole, key=lambda row: row["uar"])
        highest = f"; the highest UAR is {100 * best['uar']:.2f} % by {best['system']}"
    lacking = "" if len(whole) == len(rows) else " * lacks folds, and does not compare."
    label = (
        f"{section.title}: UAR against MACs of {len(rows)} systems{highest}. Bars: one standard "
        f"deviation over folds to each side.{lacking} The table beside it holds every number."
    )
    return Plot(anchor, label, embedded(plot, anchor))


def curves(results: Sequence[tuple[str, Sequence[FoldRecord]]], system: str) -> Plot | None:
    """Training loss over epochs, a line for each fold of each seed, a colour for each result.

    Args:
        results: title and folds of each.
        system: whose they are.

    Returns:
        the data that the page puts into `frames`; None where nothing was trained in epochs.
    """
    most = len(_MARKS)
    lines = [
        {
            "epoch": [e.epoch + 1 for e in record.epochs],
            "loss": [_rounded(e.loss) for e in record.epochs],
            "fold": record.request.fold.index + 1,
            "seed": record.request.seed,
            "result": title,
            "colour": _MARKS[number][0],
        }
        for number, (title, folds) in enumerate(results[:most])
        for record in folds
        if len(record.epochs) > 1
    ]
    if not lines:
        return None
    ends = [line["loss"][-1] for line in lines]
    more = f"; of {len(results)} results the first {most}" if len(results) > most else ""
    label = (
        f"Training loss of {system} over epochs, {len(lines)} trainings{more}: the last epochs end "
        f"between {min(ends):g} and {max(ends):g}."
    )
    columns = {name: [line[name] for line in lines] for name in lines[0]}
    return Plot("curves", label, safe({"target_id": "curves-plot", "data": columns}))


def frames() -> str:
    """The script that holds the empty plot of training curves: pages bring their lines."""
    from bokeh.models import ColumnDataSource, HoverTool

    names = ("epoch", "loss", "fold", "seed", "result", "colour")
    plot = empty("epoch", "training loss")
    style = {"line_color": "colour", "line_width": 2, "line_alpha": 0.8, "legend_field": "result"}
    lines = ColumnDataSource({name: [] for name in names})
    drawn = lean(plot.multi_line("epoch", "loss", source=lines, **style))
    shown = [("result", "@result"), ("seed", "@seed"), ("fold", "@fold"), ("epoch", "$x{0}")]
    shown += [("loss", "$y{0.000}")]
    plot.add_tools(HoverTool(renderers=[drawn], tooltips=shown, visible=False))
    legend(plot)
    # a line each, below 340 pixels of lines: titles are long, and phones narrow
    plot.update(height=460)
    plot.legend.update(ncols=1, click_policy="none")
    return f'"use strict";\nglobalThis.curves = {embedded(plot, "curves")};\n'


def _whole(row: Row) -> bool:
    """Whether every seed finished every fold."""
    return row["folds"] >= row["folds_of"]


def _ends(row: Row) -> tuple[float, float]:
    """One standard deviation over folds to each side of the UAR."""
    spread = row["uar_fold_sd"] or 0.0
    return row["uar"] - spread, row["uar"] + spread


def _name(row: Row) -> str:
    return f"{row['system']}{'' if _whole(row) else '*'}"


def _points(
    plot: "figure", placed: Sequence[tuple[Row, Spot | None]], name: str, number: int
) -> None:
    from bokeh.models import ColumnDataSource, HoverTool

    rows = [row for row, _ in placed]
    beside = [spot for _, spot in placed if spot is not None]
    colour, shape = _MARKS[number % len(_MARKS)]
    data = ColumnDataSource(
        {
            "system": [_name(row) for row in rows],
            "macs": [_rounded(row["macs"] / 1e9) for row in rows],
            "uar": [round(100 * row["uar"], 2) for row in rows],
            "war": [round(100 * row["war"], 2) for row in rows],
            "low": [round(100 * _ends(row)[0], 2) for row in rows],
            "high": [round(100 * _ends(row)[1], 2) for row in rows],
            "params": [_rounded((row["params"] or 0) / 1e6) for row in rows],
        }
    )
    of: dict[str, Any] = {"source": data, "legend_label": name}
    lean(plot.segment("macs", "low", "macs", "high", color=colour, line_alpha=0.5, **of))
    drawn = lean(plot.scatter("macs", "uar", size=11, marker=shape, color=colour, **of))
    if beside:
        data.add([spot.side for spot in beside], "side")
        data.add([spot.x for spot in beside], "right")
        data.add([spot.y for spot in beside], "down")
        style = {"text_font_size": "12px", "text_color": INK, "text_baseline": "middle"}
        style |= {"text_align": "side", "x_offset": "right", "y_offset": "down"}
        lean(plot.text("macs", "uar", "system", **style, **of))
    shown = [("system", "@system"), ("UAR", "@uar{0.00} %"), ("WAR", "@war{0.00} %")]
    shown += [("MACs", "@macs{0.000} G"), ("params", "@params{0.000} M")]
    plot.add_tools(HoverTool(renderers=[drawn], tooltips=shown, visible=False))
    legend(plot)


def _rounded(value: float) -> float:
    """Four digits that count: more cannot be seen."""
    return float(f"{value:.4g}")
