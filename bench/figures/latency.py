"""How long a forward pass takes: the distribution of every raw time, a figure a machine."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from bench.errors import BenchError
from bench.figures.drawing import Drawing
from bench.figures.groups import slug
from bench.figures.style import BLUE, GREY, INK, PAGE, SMALL, blank, grid, in_style
from bench.records import CostRecord
from bench.tables.cost.beside import shape, timed_at
from bench.tables.cost.timings import Place, Run, cells
from bench.tables.section import UNSTABLE

_WIDE = 8.0
"""Slowest median over fastest from which times are drawn on a logarithmic axis."""


@in_style
def latencies(costs: Sequence[CostRecord], models: Sequence[str] = ()) -> list[Drawing]:
    """Box plots of the newest run of each network, in the plain setting of each machine.

    Plain is fp32, one video, eager. Networks stand by MACs, the cheapest first.

    Args:
        costs: whatever is stored.
        models: names to draw; () is all.

    Raises:
        BenchError: nothing was timed.
    """
    costs = [record for record in costs if record.model.name in models or not models]
    timed = cells(costs)
    found = [_drawing(place, [cell[-1] for cell in timed[place]]) for place in timed_at(costs)]
    if not found:
        asked = ",".join(models) or "NAME"
        raise BenchError(
            f"no latency is stored{f' of {asked}' if models else ''}. Run "
            f"`bench latency --model {asked}` on the machine of interest first."
        )
    return found


def _drawing(place: Place, runs: Sequence[Run]) -> Drawing:
    figure = blank(PAGE, 0.9 + 0.24 * len(runs), place.title)
    axes = figure.subplots()
    titles = _titles(runs)
    axes.boxplot(
        [run.timing.wall_ms for run in runs],
        orientation="horizontal",
        whis=(5, 95),
        widths=0.62,
        patch_artist=True,
        boxprops={"facecolor": "#d6e4ef", "edgecolor": BLUE, "linewidth": 0.7},
        medianprops={"color": INK, "linewidth": 1.4},
        whiskerprops={"color": BLUE, "linewidth": 0.7},
        capprops={"color": BLUE, "linewidth": 0.7},
        flierprops={"marker": ".", "markersize": 2.5, "markeredgecolor": GREY},
        tick_labels=titles,
    )
    axes.invert_yaxis()
    _scale(axes, runs)
    for number, run in enumerate(runs, start=1):
        axes.annotate(
            _median(run),
            (1, number),
            xycoords=("axes fraction", "data"),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=SMALL,
        )
    axes.set_xlabel("wall time of one forward pass in ms")
    grid(axes, "x")
    name = slug("latency", place.machine, *place.choices[:3], "quick" if place.quick else "")
    return Drawing(name, figure, _caption(place, runs, titles))


def _titles(runs: Sequence[Run]) -> list[str]:
    """Titles of networks; those that are alike with input and classes, or with the identity."""
    titles = [run.record.model.title for run in runs]
    for more in (_size, lambda run: f" [{run.record.identity[:8]}]"):
        titles = [
            title if titles.count(title) == 1 else title + more(run)
            for title, run in zip(titles, runs, strict=True)
        ]
    return titles


def _size(run: Run) -> str:
    counted = run.record.complexity
    return f", {shape(counted.input)}, {counted.classes} classes"


def _median(run: Run) -> str:
    mark = UNSTABLE if run.timing.unstable else ""
    p50 = run.wall.p50
    return f"{mark}{p50:.3g}" if p50 < 1000 else f"{mark}{p50:.0f}"


def _scale(axes: Axes, runs: Sequence[Run]) -> None:
    medians = [run.wall.p50 for run in runs]
    if max(medians) < _WIDE * min(medians):
        axes.set_xlim(left=0)
        return
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())


def _caption(place: Place, runs: Sequence[Run], titles: Sequence[str]) -> str:
    said = [
        f"{title}: {len(run.timing.wall_ms)} passes, p95 {run.wall.p95:.1f} ms"
        + (f", unstable ({'; '.join(run.timing.unstable)})" if run.timing.unstable else "")
        for title, run in zip(titles, runs, strict=True)
    ]
    quick = " QUICK: a few passes, an indication only." if place.quick else ""
    return (
        f"Wall times of one forward pass on {place.title}.{quick} Box: quartiles; line, and number "
        f"at the right: median; whiskers: 5 and 95 %; dots: passes beyond. {UNSTABLE}: the machine "
        f"was disturbed.\n" + ".\n".join(said) + "."
    )
