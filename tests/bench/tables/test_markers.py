import pytest

from bench import tables
from bench.errors import BenchError
from bench.tables.markers import Pair, format_of, pairs, refresh


def test_a_table_is_written_between_its_markers(tmp_path):
    path = tmp_path / "README.md"
    path.write_text("a\n<!-- table:main -->\nold\n<!-- /table:main -->\nz\n")
    assert tables.write_between_markers(path, "new\n", "main")
    assert path.read_text() == "a\n<!-- table:main -->\n\nnew\n\n<!-- /table:main -->\nz\n"


def test_a_document_that_is_up_to_date_is_left_alone(tmp_path):
    path = tmp_path / "README.md"
    path.write_text("<!-- table:main -->\n<!-- /table:main -->\n")
    assert tables.write_between_markers(path, "new", "main") is True
    assert tables.write_between_markers(path, "new", "main") is False


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("no marker", (0, 0)),
        ("<!-- table:main -->", (1, 0)),
        ("<!-- /table:main --> <!-- table:main -->", (1, 1)),
        ("<!-- table:main --><!-- table:main --><!-- /table:main -->", (2, 1)),
    ],
)
def test_a_document_without_one_pair_of_markers_is_refused(tmp_path, text, counts):
    path = tmp_path / "README.md"
    path.write_text(text)
    with pytest.raises(BenchError) as error:
        tables.write_between_markers(path, "new", "main")
    assert str(error.value) == (
        f"{path} has {counts[0]} markers '<!-- table:main -->' and {counts[1]} markers "
        "'<!-- /table:main -->'; expected one of each, in this order. Add them where the table "
        "belongs."
    )
    assert path.read_text() == text


EXAMPLE = """\
<!-- table:mmi --dataset mmi --metric uar -->
old
<!-- /table:mmi -->
As in

```
<!-- table:example -->
<!-- /table:example -->
```

<!-- table:cost --><!-- /table:cost -->
"""


def test_every_pair_is_found_with_its_options_and_examples_are_passed_over(tmp_path):
    path = tmp_path / "paper.md"
    path.write_text(EXAMPLE)
    assert [(pair.name, pair.words) for pair in pairs(path)] == [
        ("mmi", " --dataset mmi --metric uar"),
        ("cost", ""),
    ]


def test_all_tables_of_a_document_are_refreshed_at_once_and_the_rest_stays(tmp_path):
    path = tmp_path / "paper.md"
    path.write_text(EXAMPLE)
    refresh(path, pairs(path), lambda pair: f"new {pair.name}")
    text = path.read_text()
    assert text.startswith(
        "<!-- table:mmi --dataset mmi --metric uar -->\n\nnew mmi\n\n<!-- /table:mmi -->\nAs in"
    )
    assert "```\n<!-- table:example -->\n<!-- /table:example -->\n```" in text
    assert text.endswith("<!-- table:cost -->\n\nnew cost\n\n<!-- /table:cost -->\n")
    assert refresh(path, pairs(path), lambda pair: f"new {pair.name}") is False


def test_a_paper_in_latex_has_markers_in_comments(tmp_path):
    path = tmp_path / "paper.tex"
    path.write_text("a\n%% table:mmi --dataset mmi\nold\n%% /table:mmi\nz\n")
    assert pairs(path) == [Pair("mmi", " --dataset mmi", 28, 33)]
    refresh(path, pairs(path), lambda _: "new")
    assert path.read_text() == "a\n%% table:mmi --dataset mmi\nnew\n%% /table:mmi\nz\n"


def test_a_table_is_written_in_the_format_of_its_document(tmp_path):
    named = ("a.md", "a.TEX", "a.html", "a.htm", "README")
    assert [format_of(tmp_path / name) for name in named] == [
        *("markdown", "latex", "html", "html", "markdown"),
    ]


def test_a_failure_in_one_table_leaves_the_document_alone(tmp_path):
    path = tmp_path / "paper.md"
    path.write_text(EXAMPLE)

    def fail(pair):
        if pair.name == "mmi":
            raise BenchError("no such dataset")
        return "new"

    with pytest.raises(BenchError, match="no such dataset"):
        refresh(path, pairs(path), fail)
    assert path.read_text() == EXAMPLE


@pytest.mark.parametrize(
    "text",
    [
        "<!-- table:a --><!-- table:b --><!-- /table:b --><!-- /table:a -->",
        "<!-- table:a --><!-- /table:b -->",
        "<!-- table:a --><!-- /table:a --><!-- table:a --><!-- /table:a -->",
    ],
)
def test_markers_that_cross_or_repeat_are_refused(tmp_path, text):
    path = tmp_path / "paper.md"
    path.write_text(text)
    with pytest.raises(BenchError, match="expected one of each, in this order"):
        pairs(path)


def test_a_document_with_ends_of_lines_of_windows_keeps_them(tmp_path):
    path = tmp_path / "paper.md"
    path.write_bytes(b"a\r\n<!-- table:main -->\r\n<!-- /table:main -->\r\nz\r\n")
    tables.write_between_markers(path, "new", "main")
    assert path.read_bytes() == (
        b"a\r\n<!-- table:main -->\n\nnew\n\n<!-- /table:main -->\r\nz\r\n"
    )
