"""What `bench new` writes passes as it is, and never hides or replaces anything."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from bench import contract, registry, scaffold

COMMANDS = {"network": ("model",), "classical": ("model", "--kind", "classical")}


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])  # a registry makes its folder importable
    return tmp_path


@pytest.fixture
def imported():
    """The modules of a test are forgotten after it."""
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.startswith("grown_"):
            del sys.modules[name]


@pytest.mark.parametrize("kind", COMMANDS)
def test_a_new_model_keeps_the_contract_before_a_word_is_changed(ask, here, imported, kind):
    command, *options = COMMANDS[kind]
    code, out, err = ask("new", command, f"grown-{kind}", *options)
    assert (code, err) == (0, "")
    files = [f"grown_{kind}.py", "registry.yaml", f"test_grown_{kind}.py", "README.md"]
    assert out.splitlines()[:4] == [f"wrote grown-{kind}/{file}" for file in files]
    loaded = registry.load([here / f"grown-{kind}" / "registry.yaml"])
    entry = loaded.models[f"grown-{kind}"]
    assert (entry.kind, entry.title) == (kind, f"Grown {kind.title()}")
    assert contract.check(entry, loaded) is None


def test_the_commands_that_are_said_are_those_of_the_readme(ask, here):
    _, out, _ = ask("new", "model", "grown-net", "--out", "plugins/net")
    said = out.partition("next:\n")[2].splitlines()
    readme = Path("plugins/net/README.md").read_text().splitlines()
    assert readme == ["# Grown Net", "", *said]
    assert [line.split()[:2] for line in said] == [
        ["pytest", "plugins/net"],
        ["bench", "run"],
        ["bench", "cost"],
        ["bench", "table"],
    ]
    assert all(len(line.split()) <= 12 and line.startswith("    ") for line in said)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("model", "resnet18"),
            "error: model 'resnet18' is in the registry already; names must differ. Choose "
            "another, see `bench list models`.",
        ),
        (
            ("dataset", "afew8"),
            "error: dataset 'afew8' is in the registry already; names must differ. Choose "
            "another, see `bench list datasets`.",
        ),
        (
            ("model", "json"),
            "error: name 'json' is that of a module that Python has already (json), which would "
            "hide yours. Choose another.",
        ),
        (
            ("dataset", "torch"),
            "error: name 'torch' is that of a module that Python has already (torch), which would "
            "hide yours. Choose another.",
        ),
        *(
            (
                ("model", name),
                f"error: name {name!r} cannot name a module; expected small letters, digits and "
                f"'-', a letter first, and no word of Python, as in my-net.",
            )
            for name in ("3d-net", "class", "My-Net", "a.b", "../up", "")
        ),
        (
            ("model", "grown", "--kind", "imported"),
            "error: unknown kind 'imported'. Known: classical, network.",
        ),
        (
            ("model", "grown", "--out", "taken"),
            "error: taken is there already, and nothing is overwritten. Choose another name, or a "
            "folder with --out.",
        ),
        (
            ("model", "grown", "--out", "taken/file/below"),
            "error: taken/file/below cannot be written: Not a directory. Choose another folder "
            "with --out.",
        ),
    ],
)
def test_what_cannot_be_made_is_said_and_leaves_no_trace(ask, here, words, said):
    Path("taken").mkdir()
    Path("taken/file").touch()
    assert ask("new", *words) == (2, "", said + "\n")
    assert sorted(path.as_posix() for path in Path().rglob("*")) == ["taken", "taken/file"]


def test_a_name_of_a_registry_of_ones_own_is_taken_too(ask, here):
    ask("new", "model", "grown-net")
    again = ("new", "model", "grown-net", "--out", "other", "--registry", "grown-net/registry.yaml")
    code, _, err = ask(*again)
    assert (code, err.split(";")[0]) == (2, "error: model 'grown-net' is in the registry already")


def test_every_template_is_filled_and_is_yaml_or_python(ask, here):
    for kind, words in (*COMMANDS.items(), ("set", ("dataset",))):
        ask("new", words[0], f"grown-{kind}", *words[1:])
        for path in Path(f"grown-{kind}").iterdir():
            text = path.read_text(encoding="utf-8")
            assert "$" not in text
            if path.suffix == ".py":
                compile(text, path, "exec")
                assert max(map(len, text.splitlines())) <= 100
            if path.suffix == ".yaml":
                assert yaml.safe_load(text)
    assert {path.name for path in (Path(scaffold.__file__).parent / "templates").iterdir()} == {
        "network",
        "classical",
        "dataset",
    }


def run_tests(folder: str) -> str:
    """The last line of pytest, as the author of a plugin calls it."""
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"]
    done = subprocess.run([*command, folder], capture_output=True, text=True, check=False)
    return done.stdout.splitlines()[-1]


def test_the_test_of_a_new_network_passes_as_it_is(ask, here):
    ask("new", "model", "grown-net")
    assert run_tests("grown-net").startswith("3 passed")


@pytest.mark.slow
def test_the_test_of_a_new_classical_system_passes_as_it_is(ask, here):
    ask("new", "model", "grown-old", "--kind", "classical")
    assert run_tests("grown-old").startswith("2 passed")


@pytest.mark.slow
def test_the_test_of_a_new_dataset_passes_as_it_is(ask, here):
    ask("new", "dataset", "grown-set")
    assert run_tests("grown-set").startswith("4 passed")


@pytest.mark.slow
@pytest.mark.parametrize("kind", COMMANDS)
def test_every_command_that_is_said_runs(ask, here, session_cache, monkeypatch, kind):
    monkeypatch.setenv("BENCH_CACHE", str(session_cache))
    command, *options = COMMANDS[kind]
    _, out, _ = ask("new", command, f"grown-{kind}", *options)
    for line in out.partition("next:\n")[2].splitlines():
        program, *words = line.split()
        done = subprocess.run(
            [sys.executable, "-m", program, *words], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert f"Grown {kind.title()}" in done.stdout
