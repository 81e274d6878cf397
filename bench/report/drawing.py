"""An empty plot in the looks of the report, and a filled one as JSON: the same bytes each time."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bokeh.plotting import figure

PADDING = 0.1, 0.3
"""Room beside and above what is drawn, both ends together, in parts of its own extent."""

INK = "#7a7a7a"
"""Readable on white and on black; the page's script puts its own colours in place."""


def library() -> bytes:
    """The script that draws the plots, to lie beside the pages."""
    import bokeh

    folder = Path(bokeh.__file__).parent / "server" / "static" / "js"
    return (folder / "bokeh.min.js").read_bytes()


def empty(x: str, y: str, **axes: Any) -> "figure":
    """A plot of nothing yet.

    Args:
        x: what stands below.
        y: what stands at the left.
        **axes: how bokeh scales them.
    """
    from bokeh.plotting import figure

    plot = figure(
        height=340,
        sizing_mode="stretch_width",
        tools="box_zoom,reset,save",
        toolbar_location="above",
        active_drag=None,
        background_fill_color=None,
        border_fill_color=None,
        outline_line_color=None,
        x_axis_label=x,
        y_axis_label=y,
        **axes,
    )
    plot.toolbar.update(logo=None, autohide=True)
    # room for the name of the highest point
    plot.x_range.update(range_padding=PADDING[0])
    plot.y_range.update(range_padding=PADDING[1])
    for axis in (*plot.xaxis, *plot.yaxis):
        axis.update(axis_label_text_color=INK, major_label_text_color=INK, axis_line_color=INK)
        axis.update(major_tick_line_color=INK, minor_tick_line_color=None)
        axis.update(axis_label_text_font_style="normal")
    for grid in (*plot.xgrid, *plot.ygrid):
        grid.update(grid_line_color=INK, grid_line_alpha=0.2)
    return plot


def lean(drawn: Any) -> Any:
    """Without the looks of what is selected or muted, which nothing here ever is."""
    drawn.update(nonselection_glyph=None, muted_glyph=None)
    return drawn


def legend(plot: "figure") -> None:
    """One line of entries above the plot; a click hides what it names."""
    plot.legend.update(click_policy="hide", background_fill_alpha=0.0, border_line_color=None)
    plot.legend.update(label_text_color=INK)
    if plot.legend[0] not in plot.above:
        plot.add_layout(plot.legend[0], "above")
        plot.legend.orientation = "horizontal"


def embedded(plot: "figure", anchor: str) -> str:
    """What bokeh embeds, its ids counted from 1 in order, so that no other plot changes them."""
    from bokeh.core.types import ID
    from bokeh.embed import json_item

    body = json_item(plot, ID(f"{anchor}-plot"))
    ids: dict[str, str] = {}
    named = _renamed(body["doc"], ids)
    item = {**body, "doc": named, "root_id": ids[str(body["root_id"])]}
    return safe(item)


def safe(item: object) -> str:
    """JSON in which no text can end a script element."""
    text = json.dumps(item, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e")


def _renamed(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {
            key: ids.setdefault(item, f"p{len(ids) + 1}")
            if key == "id" and isinstance(item, str)
            else _renamed(item, ids)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_renamed(item, ids) for item in value]
    return value
