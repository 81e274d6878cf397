import subprocess
import sys
from pathlib import Path

import pytest

from bench import registry
from bench.errors import BenchError, unknown

MODEL = """
models:
  {name}:
    title: Tiny
    kind: network
    factory: {factory}
    source: nobody
    recipe: {recipe}
    input:
      train: {{rule: uniform, frames: 4}}
      test: {{rule: uniform, frames: 4}}
      size: 32
      min_size: 32
"""


def block(path: Path, name="tiny", factory="tiny_net:Tiny", recipe="ceflnet-120", more="") -> Path:
    path.write_text(MODEL.format(name=name, factory=factory, recipe=recipe) + more)
    return path


def test_our_registry_loads_and_names_its_file():
    loaded = registry.load()
    assert loaded.models["ceflnet"].title == "CEFLNet"
    assert loaded.files["models", "ceflnet"] == registry.builtin()


def test_an_unknown_name_says_what_was_meant_and_what_is_known():
    loaded = registry.load()
    with pytest.raises(BenchError) as caught:
        loaded.find("presets", "quik")
    assert str(caught.value) == ("unknown preset 'quik'. Did you mean 'quick'? Known: full, quick.")


def test_of_very_many_known_names_a_few_are_said():
    said = str(unknown("video", "v7", (f"v{k:04d}" for k in range(12000))))
    assert said.endswith("Known: v0000, v0001, v0002, v0003, v0004 and 11,995 more.")


def test_a_registry_of_ones_own_adds_an_entry(tmp_path):
    loaded = registry.load([block(tmp_path / "my.yaml")])
    assert loaded.models["tiny"].input.min_size == 32


def test_the_variable_adds_registries(tmp_path, monkeypatch):
    monkeypatch.setenv("BENCH_REGISTRY", str(block(tmp_path / "my.yaml")))
    assert "tiny" in registry.load().models


def test_a_file_named_twice_is_read_once(tmp_path):
    mine = block(tmp_path / "my.yaml")
    assert "tiny" in registry.load([mine, mine]).models


def test_a_clash_names_both_files(tmp_path):
    mine = block(tmp_path / "my.yaml", name="ceflnet")
    with pytest.raises(BenchError) as caught:
        registry.load([mine])
    assert str(caught.value) == (
        f"model 'ceflnet' is in {registry.builtin()} and in {mine}; names must differ. "
        f"Rename one of the two."
    )


def test_an_unknown_key_names_file_block_and_expected_keys(tmp_path):
    mine = block(tmp_path / "my.yaml", more="    clips: 7\n")
    with pytest.raises(BenchError) as caught:
        registry.load([mine])
    assert str(caught.value).startswith(
        f"{mine}: model 'tiny' has the unknown key 'clips'; expected name, title, kind, factory,"
    )


def test_an_unknown_section_is_named(tmp_path):
    mine = tmp_path / "my.yaml"
    mine.write_text("modles: {}\n")
    with pytest.raises(BenchError) as caught:
        registry.load([mine])
    assert str(caught.value) == (
        f"{mine} has the unknown section 'modles'; expected models, datasets, recipes, presets, "
        f"objectives, unbuilt."
    )


def test_a_recipe_that_is_not_there_is_named(tmp_path):
    mine = block(tmp_path / "my.yaml", recipe="ceflnet-12")
    with pytest.raises(BenchError) as caught:
        registry.load([mine])
    assert str(caught.value).startswith(
        f"{mine}: model 'tiny': unknown recipe 'ceflnet-12'. Did you mean 'ceflnet-120'?"
    )


def test_a_registry_that_is_not_there_is_named(tmp_path):
    with pytest.raises(BenchError) as caught:
        registry.load([tmp_path / "none.yaml"])
    assert str(caught.value) == (
        f"registry {tmp_path / 'none.yaml'} cannot be read: No such file or directory. Check the "
        f"path given with --registry or in BENCH_REGISTRY."
    )


def test_yaml_that_builds_objects_is_refused(tmp_path):
    mine = tmp_path / "my.yaml"
    mine.write_text("models: !!python/object/apply:os.system ['true']\n")
    with pytest.raises(BenchError, match="is no YAML"):
        registry.load([mine])


def test_a_key_that_is_there_twice_is_refused(tmp_path):
    mine = tmp_path / "my.yaml"
    mine.write_text("presets:\n  small: {title: one}\n  small: {title: two}\n")
    with pytest.raises(BenchError, match="the key 'small' is there twice"):
        registry.load([mine])


@pytest.mark.parametrize("name", ["../../elsewhere", "a/b", ".hidden", "a,b"])
def test_a_name_that_cannot_name_a_folder_is_refused(tmp_path, name):
    mine = block(tmp_path / "my.yaml", name=f'"{name}"')
    with pytest.raises(BenchError) as caught:
        registry.load([mine])
    assert str(caught.value) == (
        f"{mine}: model {name!r} needs a name of letters, digits, '-', '_', '.' and '@'."
    )


def test_a_block_has_no_second_name(tmp_path):
    mine = block(tmp_path / "my.yaml", more="    name: other\n")
    with pytest.raises(BenchError) as caught:
        registry.load([mine])
    assert str(caught.value) == (
        f"{mine}: model 'tiny' has the key 'name'; a block is named by its own key."
    )


def test_a_factory_beside_its_registry_is_importable(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "beside_net.py").write_text("class Tiny: ...\n")
    registry.load([block(tmp_path / "my.yaml", factory="beside_net:Tiny")])
    assert registry.resolve("beside_net:Tiny", "model 'tiny'").__name__ == "Tiny"


def test_the_true_cause_of_a_failed_import_is_said(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "broken_net.py").write_text("import not_installed_anywhere\n")
    with pytest.raises(BenchError) as caught:
        registry.resolve("broken_net:Tiny", "model 'tiny'")
    assert str(caught.value) == (
        "model 'tiny': 'broken_net:Tiny' cannot be imported: No module named "
        "'not_installed_anywhere'. Check the spelling, and that the package is installed or lies "
        "beside its registry file."
    )


@pytest.mark.parametrize("arguments", [["list"], ["show", "ceflnet"], ["--help"]])
def test_looking_at_the_registry_never_imports_torch(arguments):
    code = (
        "import sys; from bench.cli import main; main(sys.argv[1:]); "
        "sys.exit(sorted(sys.modules.keys() & {'torch', 'pandas', 'cv2', 'av'}).__repr__() != '[]')"
    )
    run = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, check=False)
    assert run.returncode == 0
