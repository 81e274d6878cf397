"""Tables in documents are made again and compared byte by byte."""

import pytest

from bench.errors import BenchError
from bench.verify import documents

TABLE = "| System |\n|:--|\n| Tiny |"


@pytest.fixture
def document(tmp_path):
    path = tmp_path / "mine.md"
    path.write_text(
        f"# Mine\n\n<!-- table:comparison -->\n\n{TABLE}\n\n<!-- /table:comparison -->\n\n"
        "```\n<!-- table:cost -->\n<!-- /table:cost -->\n```\n"
    )
    return path


def test_a_table_that_is_the_same_is_no_finding(document):
    before = document.read_bytes()
    assert list(documents.check(document, lambda path, pair: TABLE)) == []
    assert document.read_bytes() == before


def test_a_table_that_differs_is_named_with_its_first_line(document):
    before = document.read_bytes()
    (found,) = documents.check(document, lambda path, pair: TABLE.replace("Tiny", "Tony"))
    assert found.text == (
        f"its table 'comparison' is not that of the results, from line 7 on. Write it with "
        f"`bench table --write {document}`."
    )
    assert document.read_bytes() == before


def test_any_flipped_byte_of_a_table_is_found(document):
    whole = document.read_bytes()
    first = whole.index(b"| System")
    for position in range(first, first + len(TABLE)):
        changed = bytearray(whole)
        changed[position] ^= 1
        document.write_bytes(changed)
        assert list(documents.check(document, lambda path, pair: TABLE)), position


def test_a_table_that_cannot_be_made_is_a_finding(document):
    def refuse(path, pair):
        raise BenchError("no such model.")

    (found,) = documents.check(document, refuse)
    assert found.text == "its table 'comparison' cannot be made: no such model."


def test_a_document_without_tables_gets_a_sentence(tmp_path):
    path = tmp_path / "none.md"
    path.write_text("nothing\n")
    with pytest.raises(BenchError) as caught:
        list(documents.check(path, lambda path, pair: ""))
    assert str(caught.value) == (
        f"{path} holds no table between markers, as in <!-- table:comparison -->. Name another "
        f"document."
    )


def test_documents_beside_results_are_found(tmp_path, document):
    (tmp_path / "docs" / "deep").mkdir(parents=True)
    other = tmp_path / "docs" / "deep" / "b.md"
    other.write_text("<!-- table:cost -->\n<!-- /table:cost -->\n")
    (tmp_path / "docs" / "example.md").write_text("```\n<!-- table:cost -->\n```\n")
    (tmp_path / "plain.md").write_text("nothing\n")
    assert documents.documents(tmp_path / "results") == [document, other]
