"""`bench doctor`: each line is ok, or says what to do."""

import re

import pytest

from bench.registry import load

WHAT = ["python", "torch", "gpu", "video", "faces", "registry"]
REMEDY = re.compile(r"\b(pass|set|take|pip install|apt install|runs do it too)\b")


@pytest.fixture
def examined(ask, cells, tmp_path, monkeypatch):
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))

    def examine(*more):
        code, out, err = ask("doctor", *more)
        assert (code, err) == (0, "")
        return {what: (state, text) for what, state, text in cells(out)}

    return examine


def test_every_line_is_ok_or_says_what_to_do(examined):
    lines = examined()
    data = [f"data {name}" for name in load().datasets]
    assert [*lines] == [*WHAT, *data, "cache", "weights"]
    assert [t for state, t in lines.values() if state != "ok" and not REMEDY.search(t)] == []


def test_a_licensed_set_that_is_nowhere_says_where_to_put_it(examined):
    assert examined()["data mmi"] == ("none", "pass --root, or put it in $BENCH_DATA/mmi")


def test_a_licensed_set_on_the_shelf_is_found(examined, tmp_path, monkeypatch):
    (tmp_path / "shelf" / "mmi").mkdir(parents=True)
    monkeypatch.setenv("BENCH_DATA", str(tmp_path / "shelf"))
    assert examined()["data mmi"] == ("ok", str(tmp_path / "shelf" / "mmi"))


def test_a_wrong_registry_is_a_line_and_no_crash(examined, tmp_path):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("modles: {}\n")
    lines = examined("--registry", wrong)
    assert lines["registry"] == (
        "wrong",
        f"{wrong} has the unknown section 'modles'; expected models, datasets, recipes, presets, "
        f"objectives, unbuilt.",
    )
    assert [*lines] == [*WHAT, "cache", "weights"]


def test_the_cache_is_looked_at_before_it_exists(examined, tmp_path):
    state, text = examined()["cache"]
    assert state in ("ok", "low")
    assert text.startswith(f"{tmp_path / 'cache'}")
    assert not (tmp_path / "cache").exists()


def test_weights_that_were_made_are_named(examined, tmp_path):
    (tmp_path / "cache" / "weights").mkdir(parents=True)
    (tmp_path / "cache" / "weights" / "trunk.pth").touch()
    assert examined()["weights"] == ("ok", "trunk.pth")
