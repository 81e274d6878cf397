"""Sections as markdown for GitHub, and as a fragment of HTML."""

from collections.abc import Sequence
from html import escape

from bench.tables.formats.cells import Cell, cells, clean, heading
from bench.tables.section import Column, Section

_SIGNS = str.maketrans(
    {
        **{sign: f"\\{sign}" for sign in "\\|*_`[~$"},
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
    }
)
"""What GitHub would read as markup, a formula or a tag."""


def markdown(sections: Sequence[Section]) -> str:
    """Headings, pipe tables and lists of notes; the best in bold, the second underlined."""
    return "\n\n".join(_markdown(section) for section in sections) + "\n"


def _markdown(section: Section) -> str:
    import tabulate as layout  # takes a while that other formats do not need

    # its other mode depends on an optional library, and on which version of it is there
    layout.WIDE_CHARS_MODE = False
    table = layout.tabulate(
        [[_marked(cell) for cell in row] for row in cells(section)],
        headers=[_signs(heading(column)) for column in section.columns],
        tablefmt="pipe",
        colalign=[column.align for column in section.columns],
        disable_numparse=True,
    )
    notes = "\n".join(f"- {_signs(clean(note))}" for note in section.notes)
    return f"### {_signs(clean(section.title))}\n\n{table}\n\n{notes}".rstrip()


def _marked(cell: Cell) -> str:
    # GitHub drops <u>, and shows <ins> underlined
    signs = {"best": "**{}**", "second": "<ins>{}</ins>"}
    return signs.get(cell.mark, "{}").format(_signs(cell.text))


def _signs(text: str) -> str:
    return text.translate(_SIGNS)


def html(sections: Sequence[Section]) -> str:
    """One `<table>` a section, its notes in the foot: a fragment for a page of one's own.

    Classes: `bench-table`; on cells `number`, `best`, `second`; `notes` on the list of notes.
    """
    return "\n".join(_html(section) for section in sections) + "\n"


def _html(section: Section) -> str:
    head = [f'<th scope="col"{_kind(c)}>{escape(heading(c))}</th>' for c in section.columns]
    body = [
        [
            _first(cell.text) if i == 0 else _cell(column, cell)
            for i, (column, cell) in enumerate(zip(section.columns, row, strict=True))
        ]
        for row in cells(section)
    ]
    notes = [f"<li>{escape(clean(note))}</li>" for note in section.notes]
    foot = [
        "<tfoot>",
        f'<tr><td colspan="{len(section.columns)}"><ul class="notes">',
        *notes,
        "</ul></td></tr>",
        "</tfoot>",
    ]
    return "\n".join(
        [
            '<table class="bench-table">',
            f"<caption>{escape(clean(section.title))}</caption>",
            "<thead>",
            f"<tr>{''.join(head)}</tr>",
            "</thead>",
            "<tbody>",
            *(f"<tr>{''.join(row)}</tr>" for row in body),
            "</tbody>",
            *(foot if notes else []),
            "</table>",
        ]
    )


def _first(text: str) -> str:
    return f'<th scope="row">{escape(text)}</th>'


def _cell(column: Column, cell: Cell) -> str:
    tags = {"best": "<strong>{}</strong>", "second": "<u>{}</u>"}
    shown = tags.get(cell.mark, "{}").format(escape(cell.text))
    return f"<td{_kind(column, cell.mark)}>{shown}</td>"


def _kind(column: Column, mark: str = "") -> str:
    kinds = [*(["number"] if column.align == "right" else []), *filter(None, [mark])]
    return f' class="{" ".join(kinds)}"' if kinds else ""
