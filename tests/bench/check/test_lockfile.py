"""The modules behind the locks survive the way to their file, and damage is named by its line."""

import pytest

from bench.check.lockfile import Row, path_beside, read, rows_of, text
from bench.errors import BenchError
from bench.records import ModuleCost

AGAIN = "Restore it, or delete it and run `bench check --update`."
HEAD = "model,module,type,params,macs,macs_ptflops"

ROWS = [Row("tiny", "conv", "Conv3d", 392, 98304, 100352), Row("wide", "", "Wide", 1, 2, 3)]


def test_rows_survive_the_way_to_the_file_and_back(tmp_path):
    path = tmp_path / "registry.lock.csv"
    path.write_text(text(ROWS))
    assert path.read_text() == f"{HEAD}\ntiny,conv,Conv3d,392,98304,100352\nwide,,Wide,1,2,3\n"
    assert read(path) == {"tiny": [ROWS[0]], "wide": [ROWS[1]]}


def test_the_file_lies_beside_its_registry(tmp_path):
    assert path_beside(tmp_path / "my.yaml") == tmp_path / "my.lock.csv"


def test_a_registry_without_the_file_has_no_rows(tmp_path):
    assert read(tmp_path / "registry.lock.csv") == {}


def test_a_module_that_adds_nothing_has_no_row():
    modules = [
        ModuleCost("conv", "Conv3d", 392, 98304, 100352, 2048),
        ModuleCost("", "N", *[0] * 4),
    ]
    assert rows_of("tiny", modules) == [ROWS[0]]


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        (1, ["model,module"]),
        (2, [HEAD, "tiny,conv,Conv3d,392,98304"]),
        (3, [HEAD, "tiny,conv,Conv3d,392,98304,100352", "tiny,head,Linear,63,56,many"]),
        (2, [HEAD, "tiny,conv,Conv3d,392,98304,100352.5"]),
        (2, [HEAD, "", "tiny,conv,Conv3d,392,98304,100352"]),
    ],
)
def test_a_damaged_line_is_named(tmp_path, line, lines):
    path = tmp_path / "registry.lock.csv"
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(BenchError) as caught:
        read(path)
    assert (
        str(caught.value) == f"{path}, line {line} is {lines[line - 1]!r}; expected {HEAD}. {AGAIN}"
    )


def test_a_file_that_is_no_text_is_named(tmp_path):
    path = tmp_path / "registry.lock.csv"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(BenchError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path} cannot be read: 'utf-8' codec can't decode")
    assert str(caught.value).endswith(AGAIN)
