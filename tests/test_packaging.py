"""The program as others get it: a wheel in a clean environment, and a clone without installing."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from bench import store

ROOT = Path(__file__).parents[1]
PLUGIN = ROOT / "tests" / "data" / "tiny_fer"
SITE = list(dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib")))
SECTIONS = ("models", "datasets", "recipes", "presets", "objectives", "protocols")


def called(command: list[str], cwd: Path, said: str = "", **environment: str) -> str:
    """Standard output of a command that knows nothing of the caller's environment.

    On standard error it says ``said`` and no more.
    """
    clean = {
        "HOME": str(cwd),
        "PATH": os.defpath,
        "PYTHONUTF8": "1",
        "COLUMNS": "100",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        **environment,
    }
    done = subprocess.run(command, cwd=cwd, env=clean, text=True, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, said)
    return done.stdout


def pip_of(python: Path) -> list[str]:
    """Our pip at work on another environment, so that none has to be unpacked there."""
    return [sys.executable, "-m", "pip", "--python", str(python), "-q"]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*build, str(ROOT)], check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="session")
def clean(wheel, tmp_path_factory):
    """A virtual environment with the wheel; the dependencies are borrowed from the current one."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder / "venv")
    python = folder / "venv" / "bin" / "python"
    called([*pip_of(python), "install", "--no-deps", "--no-index", str(wheel)], folder)
    (own,) = (folder / "venv" / "lib").glob("python*/site-packages")
    # a path line lends the packages there, but not the editable install: its .pth is not read
    (own / "borrowed.pth").write_text("\n".join(SITE) + "\n")
    return python


@pytest.fixture
def home(tmp_path):
    assert ROOT not in tmp_path.parents
    return tmp_path


def names(listing: str) -> list[str]:
    return [entry["name"] for entry in json.loads(listing)]


def test_the_wheel_holds_the_three_packages_and_nothing_beside_them(wheel):
    with zipfile.ZipFile(wheel) as archive:
        held = {*archive.namelist()}
    tops = {name.split("/")[0] for name in held}
    assert tops == {"bench", "baselines", "ceflnet", "video_fer_bench-0.1.0.dist-info"}
    report = {"templates/page.html", "templates/parts.html", "assets/site.css", "assets/site.js"}
    assert {f"bench/report/{name}" for name in report} <= held


def test_the_installed_program_is_not_the_clone(clean, home):
    ask = "import sys, importlib.util as i; print(*(i.find_spec(n).origin for n in sys.argv[1:]))"
    modules = ("bench.cli", "baselines.c3d", "ceflnet.model")
    files = called([str(clean), "-c", ask, *modules], home).split()
    assert [clean.parents[1] in Path(file).parents for file in files] == [True, True, True]


@pytest.mark.parametrize("section", SECTIONS)
def test_the_wheel_and_a_clone_without_installing_list_the_same(clean, home, section):
    listing = ["list", section, "--format", "json"]
    packed = called([str(clean.parent / "bench"), *listing], home)
    # -S: no .pth is read, so that only the folder we stand in can be the program
    bare = [sys.executable, "-S", "-m", "bench"]
    assert called([*bare, *listing], ROOT, PYTHONPATH=os.pathsep.join(SITE)) == packed
    assert len(names(packed)) >= 1


def test_the_program_of_a_clone_is_not_found_from_elsewhere(home):
    bare = [sys.executable, "-S", "-c", "import bench.cli"]
    environment = {"PYTHONPATH": os.pathsep.join(SITE)}
    done = subprocess.run(bare, cwd=home, env=environment, capture_output=True, check=False)
    assert b"No module named 'bench" in done.stderr


def test_the_wheel_prints_the_reported_tables_of_the_paper(clean, home):
    table = [str(clean.parent / "bench"), "table"]
    said = "results folder results is not there: nothing measured.\n"
    lines = called(table, home, said=said).splitlines()
    assert [line.split(" · ")[0] for line in lines if "(REPORTED ONLY)" in line] == [
        f"Table {number} of the paper" for number in range(2, 10)
    ]
    assert any(line.split()[:1] == ["CEFLNet"] and "91.00" in line for line in lines)


def test_the_wheel_writes_the_first_files_of_a_plugin(clean, home):
    for kind in (["model"], ["model", "--kind", "classical"], ["dataset"]):
        name = f"grown-{len(kind)}-{kind[0]}"
        called([str(clean.parent / "bench"), "new", kind[0], name, *kind[1:]], home)
        assert len([*(home / name).iterdir()]) == 4


def test_the_module_is_the_program(clean, home):
    assert "Usage: python -m bench [OPTIONS]" in called([str(clean), "-m", "bench", "--help"], home)


def test_a_package_of_a_third_party_is_known_by_being_installed(clean, home):
    bench = str(clean.parent / "bench")
    before = names(called([bench, "list", "--format", "json"], home))
    pip = pip_of(clean)
    install = [*pip, "install", "--no-deps", "--no-index", "--no-build-isolation", str(PLUGIN)]
    called(install, home)
    try:
        after = names(called([bench, "list", "--format", "json"], home))
        assert "tiny" in after
        assert "tiny" not in before
        task = ["--model", "tiny", "--dataset", "tiny-faces", "--folds", "0"]
        out = called([bench, "run", *task, "--no-cost", "--device", "cpu"], home)
        assert out.splitlines()[-1] == "1 fold trained, 0 already done, records in results"
        (record,), damaged = store.load_folds(home / "results")
        assert damaged == ()
        assert record.request.model.factory == "tiny_fer.network:Tiny"
        assert record.environment.commit is None
        assert len(record.predictions) == 6
    finally:
        called([*pip, "uninstall", "-y", "tiny-fer"], home)
