"""How every figure looks: sizes of a paper's columns, colours that any eye tells apart, fonts."""

import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

COLUMN, PAGE = 3.3, 6.9
"""Widths in inches of one column and of both columns of a paper."""

INK, GREY, PALE = "#222222", "#6e6e6e", "#b8c9d6"

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
"""Okabe and Ito's, without the yellow that white paper swallows."""
BLUE, VERMILLION, GREEN = COLOURS[:3]

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "*")
LINES = ("-", "--", "-.", ":")

SMALL, BODY = 6.5, 7.5
"""Font sizes in points, at the printed size."""

_LOOK = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib, so that every machine has it
    "font.size": BODY,
    "axes.titlesize": BODY,
    "axes.labelsize": BODY,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "legend.fontsize": SMALL,
    "figure.titlesize": BODY,
    "figure.dpi": 100,
    "savefig.dpi": 300,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "lines.linewidth": 1.2,
    "lines.markersize": 4,
    "hatch.linewidth": 0.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.edgecolor": "none",
    "legend.framealpha": 0.85,
    "pdf.fonttype": 42,  # TrueType; conferences refuse type 3
    "svg.fonttype": "none",
    "svg.hashsalt": "video-fer-bench",  # else its ids are drawn anew each time
}

_P = ParamSpec("_P")
_T = TypeVar("_T")


@contextmanager
def paper() -> Iterator[None]:
    """Our look and nothing of a user's matplotlibrc."""
    with mpl.rc_context():
        mpl.rcdefaults()
        for name, value in _LOOK.items():
            mpl.rcParams[name] = value  # pyright: ignore[reportArgumentType]
        yield


def in_style(draw: Callable[_P, _T]) -> Callable[_P, _T]:
    """A function that draws, in our look."""

    @wraps(draw)
    def styled(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        with paper():
            return draw(*args, **kwargs)

    return styled


def look(number: int) -> dict[str, Any]:
    """Colour and marker of one of many; both differ between neighbours, and no pair comes twice."""
    return {
        "color": COLOURS[number % len(COLOURS)],
        "marker": MARKERS[number % len(MARKERS)],
    }


def blank(width: float, height: float, foot: str = "") -> Figure:
    """An empty figure whose parts make room for one another.

    Args:
        width: in inches.
        height: in inches.
        foot: what the numbers are of, in small letters below.
    """
    figure = Figure(figsize=(width, height), layout="constrained")
    if foot:
        text = textwrap.fill(foot, int(width * 17))  # so many small letters in an inch
        figure.supxlabel(text, fontsize=SMALL, color=GREY)
    return figure


def grid(axes: Axes, which: str = "both") -> None:
    """Faint lines behind the data."""
    axes.grid(True, axis=which, color="#e3e3e3", linewidth=0.5)  # pyright: ignore[reportArgumentType]
    axes.set_axisbelow(True)
