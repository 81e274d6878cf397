"""Sections to text: the only place where a number is rounded and a cell is escaped."""

import json
import textwrap
from collections.abc import Callable, Iterable, Sequence

from tabulate import tabulate

from bench.errors import unknown
from bench.tables.notes import DAGGER, DOUBLE_DAGGER
from bench.tables.section import NOTHING, UNSTABLE, Column, Section, frame

_NOTE_WIDTH = 100


def render(sections: Sequence[Section], format: str, width: int | None = None) -> str:
    """All sections as text that ends in a line break; the same bytes on every machine.

    Args:
        sections: in the order of printing.
        format: text, markdown, csv, latex or json; csv and json give the raw, unrounded numbers.
        width: columns of the terminal, for `text`: a wider table is laid out in several blocks that
            repeat the first column; None never breaks.

    Raises:
        BenchError: the format is unknown.
    """
    if format == "text":
        return _joined(_text(section, width) for section in sections)
    if format not in FORMATS:
        raise unknown("format", format, ("text", *FORMATS))
    return FORMATS[format](sections)


def _joined(parts: Iterable[str]) -> str:
    return "\n\n".join(parts) + "\n"


# ---------------------------------------------------------------- text


def _text(section: Section, width: int | None) -> str:
    cells = _cells(section, section.columns)
    tables = "\n\n".join(
        _grid([section.columns[i] for i in block], [[row[i] for i in block] for row in cells])
        for block in _blocks(section.columns, cells, width)
    )
    title = textwrap.fill(section.title, width or len(section.title))
    rule = "=" * max(map(len, title.splitlines()))
    notes = "\n".join(_wrapped(note, width or _NOTE_WIDTH) for note in section.notes)
    return f"{title}\n{rule}\n{tables}\n\n{notes}".rstrip()


def _grid(columns: Sequence[Column], cells: Sequence[Sequence[str]]) -> str:
    """Columns two blanks apart under titles of one or two lines and a rule."""
    lines = [_title_lines(column) for column in columns]
    head = [list(line) for line in zip(*lines, strict=True) if any(line)]
    widths = [_width(column, [row[i] for row in cells]) for i, column in enumerate(columns)]
    return tabulate(
        [*head, ["-" * width for width in widths], *cells],
        tablefmt="plain",
        colalign=[column.align for column in columns],
        disable_numparse=True,
    )


def _title_lines(column: Column) -> tuple[str, str]:
    first, _, second = column.title.rpartition("\n")
    return first, second


def _width(column: Column, cells: Sequence[str]) -> int:
    return max(map(len, (*_title_lines(column), *cells)))


def _wrapped(note: str, width: int) -> str:
    return textwrap.fill(
        note,
        min(width, _NOTE_WIDTH),
        initial_indent="  ",
        subsequent_indent="    ",
        break_on_hyphens=False,
        break_long_words=False,
    )


def _blocks(
    columns: Sequence[Column], cells: Sequence[Sequence[str]], width: int | None
) -> list[list[int]]:
    """Columns by number, broken into runs that fit; each run starts with the first column."""
    wide = [_width(column, [row[i] for row in cells]) for i, column in enumerate(columns)]
    blocks = [[0]]
    used = wide[0]
    for i in range(1, len(columns)):
        if width is not None and used + 2 + wide[i] > width and len(blocks[-1]) > 1:
            blocks.append([0])
            used = wide[0]
        blocks[-1].append(i)
        used += 2 + wide[i]
    return blocks


def _cells(section: Section, columns: Sequence[Column]) -> list[list[str]]:
    return [[_cell(section, c, c.show(row)) for c in columns] for row in section.rows]


def _cell(section: Section, column: Column, shown: str) -> str:
    marked = section.optimistic and column.accuracy and shown != NOTHING
    return f"{shown} {DAGGER}" if marked else shown


# ---------------------------------------------------------------- markdown and latex


def _markdown(sections: Sequence[Section]) -> str:
    return _joined(_markdown_section(section) for section in sections)


def _markdown_section(section: Section) -> str:
    table = tabulate(
        [[_for_markdown(cell) for cell in row] for row in _cells(section, section.columns)],
        headers=[_for_markdown(column.title) for column in section.columns],
        tablefmt="pipe",
        colalign=[column.align for column in section.columns],
        disable_numparse=True,
    )
    notes = "\n".join(f"- {_for_markdown(note)}" for note in section.notes)
    return f"### {_for_markdown(section.title)}\n\n{table}\n\n{notes}".rstrip()


def _for_markdown(text: str) -> str:
    for sign in "\\|*_`[":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("<", "&lt;").replace("\n", " ")


_LATEX = str.maketrans(
    {
        **{sign: f"\\{sign}" for sign in "&%$#_{}"},
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "[": "{[}",  # after the end of a row it would open an argument, and so would a star
        "*": "{*}",
        "|": r"\textbar{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "±": r"$\pm$",
        "×": r"$\times$",
        "·": r"$\cdot$",
        "–": "--",
        UNSTABLE: r"$\approx$",
        DAGGER: r"$^{\dagger}$",
        DOUBLE_DAGGER: r"$^{\ddagger}$",
        "\n": " ",
    }
)


def _latex(sections: Sequence[Section]) -> str:
    """For a document that loads booktabs and graphicx."""
    return _joined(_latex_section(section) for section in sections)


def _latex_section(section: Section) -> str:
    align = "".join(column.align[0] for column in section.columns)
    head, *body = [
        " & ".join(cell.translate(_LATEX) for cell in row) + r" \\"
        for row in ([c.title for c in section.columns], *_cells(section, section.columns))
    ]
    return "\n".join(
        [
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{section.title.translate(_LATEX)}}}",
            r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%",
            rf"\begin{{tabular}}{{{align}}}",
            *(r"\toprule", head, r"\midrule", *body, r"\bottomrule"),
            r"\end{tabular}}",
            *(rf"\par\footnotesize {note.translate(_LATEX)}" for note in section.notes),
            r"\end{table}",
        ]
    )


# ---------------------------------------------------------------- csv and json


def _csv(sections: Sequence[Section]) -> str:
    return frame(sections).to_csv(index=False, lineterminator="\n")


def _json(sections: Sequence[Section]) -> str:
    body = [
        {
            "title": section.title,
            "key": dict(section.key),
            "notes": list(section.notes),
            "rows": [dict(row) for row in section.rows],
        }
        for section in sections
    ]
    return json.dumps({"sections": body}, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


FORMATS: dict[str, Callable[[Sequence[Section]], str]] = {
    "markdown": _markdown,
    "csv": _csv,
    "latex": _latex,
    "json": _json,
}
