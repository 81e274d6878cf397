import tomllib
from pathlib import Path

import pytest

from bench import extras
from bench.errors import BenchError
from bench.records import InputSpec, ModelEntry, Sampling

SPEC = InputSpec(Sampling("uniform", frames=4), Sampling("uniform", frames=4), size=32)


def needing(part):
    return ModelEntry("mine", "Mine", "network", "a:b", "nobody", SPEC, needs=part)


def test_an_entry_that_needs_nothing_lacks_nothing():
    assert extras.lacking(needing("")) == ""


def test_what_is_installed_is_not_lacking(monkeypatch):
    monkeypatch.setattr(extras, "find_spec", lambda name: name)
    assert extras.lacking(needing("classical")) == ""


def test_the_library_that_is_not_installed_is_named(monkeypatch):
    monkeypatch.setattr(extras, "find_spec", lambda name: None if name == "skimage" else name)
    assert extras.lacking(needing("classical")) == "skimage"
    with pytest.raises(BenchError) as caught:
        extras.require(needing("classical"))
    assert str(caught.value) == (
        "model 'mine' needs skimage, which is not installed. Add it with "
        '`pip install "video-fer-bench[classical]"`.'
    )


def test_a_part_that_there_is_not_is_refused():
    with pytest.raises(BenchError) as caught:
        extras.lacking(needing("tim"))
    assert str(caught.value) == (
        "unknown optional part (needs of model 'mine') 'tim'. Did you mean 'timm'? Known: "
        "classical, clip, timm."
    )


def test_every_part_is_one_that_pip_can_install():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    assert extras.LIBRARIES.keys() <= project["project"]["optional-dependencies"].keys()
