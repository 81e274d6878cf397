"""Every format on records with hostile names, as real commands print them, byte for byte.

The golden files: `python -m tests.bench.tables.formats.test_formats`; read the difference.
"""

import csv
import html.parser
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from bench import index, tables
from bench.records import Finding, Fold
from bench.tables.formats.cells import clean, width
from bench.tables.section import Column, Section, words
from tests.bench.tables.shelf import answers, fold, request, shelve, system
from tests.records import model

ROOT = Path(__file__).parents[4]
GOLDEN = Path(__file__).parent / "golden"
GOLDEN_PAPER = ROOT / "tests" / "golden"
ENDINGS = {
    "text": "txt",
    "markdown": "md",
    "latex": "tex",
    "html": "html",
    "csv": "csv",
    "json": "json",
}

CLASSES = ("a|b", r"c\d", "<e>")
TITLES = (
    r"Pipe | back\slash \| *star* _under_ `code` [link](x) ~~gone~~ $x$",
    "<script>alert('&amp;')</script> \"quoted\" & co",
    "100 % of #1 {brace} ^hat ~ -- --- '' {\\bf x} \\input{/etc/passwd}",
    "Łódź Müller Ångström naïve \u4e2d\u6587 \u03b1 \U0001f600 :smile:",
    "Bell\a escape\x1b[31mred turned\u202e\u2066 two\nlines\ttab",
    "A title that is so long that no table of any page of a paper could ever hold it in a column",
)
SETTINGS = (
    {"PYTHONHASHSEED": "0", "LC_ALL": "C", "COLUMNS": "40"},
    {"PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8", "COLUMNS": "200"},
)
RUN = """
import contextlib, io, json, sys
from bench.cli import main
for format in sys.argv[2:]:
    code = main(["table", "--results", sys.argv[1], "--reported", "none", "--format", format])
    assert code == 0, code
    print("\\x00")
"""


def hostile(folder):
    """One section of systems with such titles, of which one has findings and lost videos."""
    records = [
        record
        for n, title in enumerate(TITLES)
        for record in system(model(f"m{n}", title), (6 - n, 6), classes=CLASSES)
    ]
    found = Finding("known", "'x|y' and '<z>' share 100 % of a_b.")
    odd = request(
        replace(model("odd", "Odd"), note="sanity row: reads `a_b` | nothing."),
        classes=CLASSES,
        fold=Fold(0, (), ()),
    )
    lost = answers(3, classes=CLASSES, statuses=("unreadable", "fallback"))
    records.append(fold(replace(odd, findings=(found,)), lost))
    return shelve(folder, *records)


def printed(results, cache, setting):
    """What the command prints, format by format."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(results), *ENDINGS],
        cwd=ROOT,
        env={**os.environ, **setting, "BENCH_CACHE": str(cache)},
        capture_output=True,
        check=False,
    )
    assert done.stderr == b""
    return dict(zip(ENDINGS, done.stdout.split(b"\0\n")[:-1], strict=True))


def marked(results):
    """The same section with a best and a second, as tests would support them."""
    (section,) = tables.comparison(index.load(results)[0], (), ())
    best = replace(section, best={"UAR %": 0, "WAR %": 0}, second={"UAR %": 1, "WAR %": 1})
    return {f"marked.{ENDINGS[f]}": tables.render([best], f) for f in ("markdown", "latex", "html")}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return hostile(tmp_path_factory.mktemp("hostile"))


@pytest.mark.parametrize("setting", SETTINGS, ids=["C", "C.UTF-8"])
def test_every_format_prints_its_golden_file_in_any_surroundings(results, tmp_path, setting):
    for format, text in printed(results, tmp_path, setting).items():
        assert text == (GOLDEN / f"hostile.{ENDINGS[format]}").read_bytes(), format


def test_marked_cells_print_their_golden_files(results):
    for name, text in marked(results).items():
        assert text == (GOLDEN / name).read_text(encoding="utf-8"), name


# ------------------------------------------------------------------ what each format promises


def one(system="x", **changes):
    column = Column("System", words("system"), "left")
    return replace(Section("t", {}, (column,), ({"system": system},), ()), **changes)


def test_no_title_steers_a_terminal_in_a_format_for_people():
    for format in ("text", "markdown", "latex", "html"):
        text = tables.render([one(TITLES[4], title=TITLES[4], notes=(TITLES[4],))], format)
        assert not set("\a\x1b\u202e\u2066\t") & set(text), format


def test_columns_stand_in_line_under_wide_and_joined_signs():
    number = Column("N", words("n"))
    rows = ({"system": "\u4e2d\u6587", "n": 1}, {"system": "e\u0301x", "n": 22})
    section = one(columns=(*one().columns, number), rows=rows)
    lines = tables.render([section], "text").splitlines()[2:6]
    assert {width(line) for line in lines} == {10}


def test_a_half_of_a_sign_becomes_a_replacement():
    assert clean("a\ud800b") == "a\ufffdb"
    assert width("a\ufffdb") == 3


def test_marks_are_styled_in_a_terminal_only():
    section = one(best={"System": 0})
    styled = tables.render([section], "text", 80, lambda c, text: f"({text})" if c.mark else text)
    assert "(x     )" in styled
    assert "(" not in tables.render([section], "text")


def test_markdown_keeps_a_cell_a_cell():
    text = tables.render([one(TITLES[0])], "markdown")
    assert text.splitlines()[-1] == (
        r"| Pipe \| back\\slash \\\| \*star\* \_under\_ \`code\` \[link](x) \~\~gone\~\~ \$x\$ |"
    )


def test_a_reader_of_markdown_reads_every_title_back():
    sections = [one(title, title=title) for title in TITLES]
    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    found = [token for token in reader.parse(tables.render(sections, "markdown")) if token.children]
    read = ["".join(child.content for child in token.children) for token in found]
    assert read == [text for t in TITLES for text in (clean(t), "System", clean(t))]
    assert {child.type for token in found for child in token.children} == {"text"}


def test_markdown_marks_the_best_in_bold_and_the_second_underlined():
    assert "| **x**" in tables.render([one(best={"System": 0})], "markdown")
    assert "| <ins>x</ins>" in tables.render([one(second={"System": 0})], "markdown")


def test_csv_and_json_carry_raw_titles_and_no_marks(results):
    sections = tables.comparison(index.load(results)[0], (), ())
    best = [replace(section, best={"UAR %": 0}) for section in sections]
    assert tables.render(best, "csv") == tables.render(sections, "csv")
    rows = list(csv.DictReader(io.StringIO(tables.render(best, "csv"))))
    body = json.loads(tables.render(best, "json"))["sections"][0]["rows"]
    assert {row["system"] for row in rows} == {row["system"] for row in body} > set(TITLES)


class Tags(html.parser.HTMLParser):
    """Names of the tags that were opened and are closed, in order, and the text between."""

    def __init__(self):
        super().__init__()
        self.open, self.seen, self.text = [], set(), ""

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.seen.add((tag, *(value for _, value in attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_html_is_a_table_of_closed_tags_with_scopes_and_no_script(results):
    text = marked(results)["marked.html"]
    tags = Tags()
    tags.feed(text)
    assert tags.open == []
    assert TITLES[1] in tags.text
    assert {name for name, *_ in tags.seen} == {
        *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "ul", "li"),
        *("strong", "u"),
    }
    assert {("th", "col"), ("th", "row"), ("td", "number best"), ("table", "bench-table")} < (
        tags.seen
    )


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("a--b", "a-{}-b"),
        ("50 % & #1", r"50 \% \& \#1"),
        (r"\input{x}", r"\textbackslash{}input\{x\}"),
        ("Müller, Łódź", r"M\"{u}ller, \L{}\'{o}d\'{z}"),
        ("\u4e2d", "U+4E2D"),
        ("''`", r"'{}'\textasciigrave{}"),
    ],
)
def test_latex_reads_every_sign_as_itself(title, shown):
    assert rf"\midrule{chr(10)}{shown} \\" in tables.render([one(title)], "latex")


@pytest.mark.slow
def test_latex_compiles_with_booktabs(results, tmp_path):
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed: `make latex`")
    others = [path.read_text(encoding="utf-8") for path in sorted(GOLDEN_PAPER.glob("*.tex"))]
    table = "\n\\clearpage\n".join([marked(results)["marked.tex"], *others])
    head = r"\documentclass{article}\usepackage{booktabs}\usepackage{graphicx}\begin{document}"
    (tmp_path / "page.tex").write_text(f"{head}\n{table}\n\\end{{document}}\n", encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "page.tex"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert (tmp_path / "page.pdf").stat().st_size > 10_000


def _rewrite():
    with tempfile.TemporaryDirectory() as folder:
        results = hostile(Path(folder) / "results")
        for format, text in printed(results, Path(folder) / "cache", SETTINGS[0]).items():
            (GOLDEN / f"hostile.{ENDINGS[format]}").write_bytes(text)
        for name, text in marked(results).items():
            (GOLDEN / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    _rewrite()
