"""Sections as LaTeX tables that compile with any engine, for a document that loads booktabs."""

import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from bench.tables.formats.cells import Cell, cells, clean, heading
from bench.tables.notes import DAGGER, DOUBLE_DAGGER
from bench.tables.section import UNSTABLE, Section

_SIGNS = {
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "[": "{[}",  # after the end of a row it would open an argument, and so would a star
    "*": "{*}",
    "|": r"\textbar{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "`": r"\textasciigrave{}",
    "±": r"$\pm$",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "≠": r"$\neq$",
    "\u2212": "$-$",
    "→": r"$\rightarrow$",
    "–": "--",
    "—": "---",
    "\u2019": "'",
    "\u2018": "`",
    "“": "``",
    "”": "''",
    "…": r"\ldots{}",
    "§": r"\S{}",
    "°": r"$^{\circ}$",
    "µ": r"$\mu$",
    "χ": r"$\chi$",
    "\u00a0": "~",
    UNSTABLE: r"$\approx$",
    DAGGER: r"$^{\dagger}$",
    DOUBLE_DAGGER: r"$^{\ddagger}$",
}

_JOINED = "-'"

_LETTERS = {"ß": "ss", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE"}
_LETTERS |= {"ł": "l", "Ł": "L", "å": "aa", "Å": "AA", "\u0131": "i"}
"""Letters with a command of their own."""

_ACCENTS = dict(zip("\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308", "`'^~=u.\"", strict=True))
_ACCENTS |= {"\u030b": "H", "\u030c": "v", "\u0327": "c"}
"""Accents that every font of every engine can set: the sign behind a letter -> its command."""


def latex(sections: Sequence[Section]) -> str:
    """Tables for a document that loads booktabs and graphicx; best in bold, second underlined."""
    return "\n\n".join(_latex(section) for section in sections) + "\n"


def _latex(section: Section) -> str:
    align = "".join(column.align[0] for column in section.columns)
    head = [_escaped(heading(column)) for column in section.columns]
    body = [[_marked(cell) for cell in row] for row in cells(section)]
    head, *body = [rf"{' & '.join(row)} \\" for row in (head, *body)]
    return "\n".join(
        [
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{_escaped(clean(section.title))}}}",
            r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%",
            rf"\begin{{tabular}}{{{align}}}",
            *(r"\toprule", head, r"\midrule", *body, r"\bottomrule"),
            r"\end{tabular}}",
            *([r"\par\smallskip\raggedright\footnotesize"] if section.notes else []),
            *(rf"{_escaped(clean(note))}\par" for note in section.notes),
            r"\end{table}",
        ]
    )


def _marked(cell: Cell) -> str:
    commands = {"best": r"\textbf{%s}", "second": r"\underline{%s}"}
    return commands.get(cell.mark, "%s") % _escaped(cell.text)


def _escaped(text: str) -> str:
    signs = unicodedata.normalize("NFC", text)
    return "".join(
        # two hyphens or apostrophes would become one sign
        f"{'{}' if sign == before and sign in _JOINED else ''}{_sign(sign)}"
        for before, sign in pairwise(f" {signs}")
    )


def _sign(sign: str) -> str:
    if sign in _SIGNS:
        return _SIGNS[sign]
    if sign in _LETTERS:
        return f"\\{_LETTERS[sign]}{{}}"
    if sign.isascii():
        return sign
    base, *accents = unicodedata.normalize("NFD", sign)
    if base.isascii() and base.isalpha() and len(accents) == 1 and accents[0] in _ACCENTS:
        return f"\\{_ACCENTS[accents[0]]}{{{base}}}"
    return f"U+{ord(sign):04X}"  # no engine would stop, and a reader can look it up
