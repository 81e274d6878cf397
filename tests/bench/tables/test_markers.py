import pytest

from bench import tables
from bench.errors import BenchError


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
