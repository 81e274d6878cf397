"""Files of figures."""

import re

import pytest

from bench.errors import BenchError
from bench.figures.confusion import confusions
from bench.figures.drawing import content, write
from bench.figures.groups import groups


@pytest.fixture
def drawing(plant):
    return confusions(groups([plant()]), "models")[0]


def test_a_figure_comes_with_its_caption(drawing, tmp_path):
    paths = write(drawing, tmp_path)
    assert [path.name for path in paths] == [
        f"confusion-faces-subject-2-fold-full.{ending}" for ending in ("png", "pdf", "txt")
    ]
    png, pdf, text = (path.read_bytes() for path in paths)
    assert png.startswith(b"\x89PNG")
    assert len(png) > 5000
    assert pdf.startswith(b"%PDF")
    assert b"faces \xc2\xb7 subject-2-fold \xc2\xb7 preset full (SYNTHETIC DATA).\n" in text


@pytest.mark.parametrize("format", ["png", "pdf", "svg"])
def test_the_same_records_give_the_same_bytes(plant, drawing, format):
    (again,) = confusions(groups([plant()]), "models")
    assert content(drawing.figure, format) == content(again.figure, format)


def test_fonts_are_embedded_as_truetype(drawing):
    fonts = re.findall(rb"/Subtype /(Type\w+|CIDFont\w+)", content(drawing.figure, "pdf"))
    assert b"CIDFontType2" in fonts
    assert b"Type3" not in fonts
    assert b"/FontFile2" in content(drawing.figure, "pdf")


def test_no_date_and_no_version_is_in_a_file(drawing):
    assert b"CreationDate" not in content(drawing.figure, "pdf")
    assert b"Matplotlib" not in content(drawing.figure, "png")


def test_a_users_own_style_changes_nothing(plant, drawing):
    import matplotlib as mpl

    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red", "pdf.fonttype": 3}):
        (again,) = confusions(groups([plant()]), "models")
        there = content(again.figure, "pdf")
    assert there == content(drawing.figure, "pdf")


def test_another_format_is_refused(drawing, tmp_path):
    with pytest.raises(BenchError) as caught:
        write(drawing, tmp_path, ["gif"])
    assert str(caught.value) == "unknown format of a figure 'gif'. Known: pdf, png, svg."
    assert not list(tmp_path.iterdir())
