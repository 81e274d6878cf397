"""Any tree that was damaged on its way is read or refused in a sentence, never with a traceback."""

import os
import shutil
import signal
import tempfile
from collections.abc import Callable
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path, PurePosixPath
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from bench.errors import BenchError
from bench.protocols import split
from bench.registry import load
from bench.sources import open_dataset
from bench.synthesis import TWINS
from bench.synthesis.twin import script_of

REGISTRY = load()
NAMES = sorted(name for name, entry in REGISTRY.datasets.items() if entry.generator is None)
SECONDS = 30
PEOPLE = {"mmi": 10}
LISTS = (".csv", ".txt", ".xml")
LABELS = ("bored", "happy", "Happy", "HAP", "1", "8", "0", "-1", "9" * 5000, "٣", "sad_happy", "")
PATHS = (
    "../../outside.avi",
    "/etc/hostname",
    "C:\\a.avi",
    "..",
    "happy/../../x.mp4",
    "\\\\x\\y",
    "\0",
)
ODD_NAMES = ("größe", "a\nb", "a\tb", " ", "-rf", "笑", os.fsdecode(b"\xff\xfe"), "x" * 200)
CELLS = (None, "", "x", 8, -1, 1.5, 1e300, True, "00001", "=1+1", "9" * 400)


def written(root, name):
    """The small twin of a dataset with a word in the place of every video."""
    module, _, plan = TWINS[name].partition(":")
    layout = getattr(import_module(module), plan)(PEOPLE.get(name, 1), False)
    files = dict(layout.files)
    for shot in layout.shots:
        files[shot.image(shot.first) if shot.images else shot.path] = b"frames"
        files |= shot.beside(script_of(name, shot)) if shot.beside else {}
    for path, content in {**files, **dict.fromkeys(layout.copies, b"frames again")}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    for path in layout.folders:
        (root / path).mkdir(parents=True, exist_ok=True)
    return root


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Undamaged trees, each written once; beside them lies a file that is none of theirs."""
    shelf = tmp_path_factory.mktemp("whole")
    return lambda name: shelf / name if (shelf / name).exists() else written(shelf / name, name)


def somewhere(root: Path, luck: Random, wanted: Callable[[Path], bool] = lambda path: True):
    """A file or folder, on every level as likely; None where there is none."""
    found = None
    place = root
    while place.is_dir() and not place.is_symlink():
        below = sorted(path for path in place.iterdir())
        if not below:
            break
        place = luck.choice(below)
        if wanted(place):
            found = place
            if luck.random() < 0.3:
                break
    return found


def a_list(root, luck):
    lists = sorted(path for path in root.rglob("*") if path.suffix in LISTS and path.is_file())
    return luck.choice(lists) if lists else None


def remove(path):
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def on_any(work):
    def damage(root, luck):
        if path := somewhere(root, luck):
            work(path, luck)

    return damage


def on_file(work):
    def damage(root, luck):
        if path := somewhere(root, luck, lambda path: path.is_file() and not path.is_symlink()):
            work(path, luck)

    return damage


def on_lines(work):
    """Damages the lines of a list."""

    def damage(root, luck):
        if path := a_list(root, luck):
            lines = path.read_bytes().decode("utf-8", "surrogateescape").split("\n")
            place = luck.randrange(len(lines))
            lines[place : place + 1] = work(lines[place], luck)
            path.write_bytes("\n".join(lines).encode("utf-8", "surrogateescape"))

    return damage


def delete(path, luck):
    remove(path)


def truncate(path, luck):
    content = path.read_bytes()
    path.write_bytes(content[: luck.randrange(len(content) + 1)])


def empty(path, luck):
    path.write_bytes(b"")


def scramble(path, luck):
    path.write_bytes(luck.randbytes(luck.choice([1, 100, 5000])))


def bite(path, luck):
    content = bytearray(path.read_bytes())
    for _ in range(min(3, len(content))):
        content[luck.randrange(len(content))] = luck.randrange(256)
    path.write_bytes(content)


def rename(path, luck):
    odd = luck.choice(ODD_NAMES)
    names = (path.name.swapcase(), path.name.upper(), odd, odd + path.suffix, path.stem)
    target = path.with_name(luck.choice(names))
    if not os.path.lexists(target):
        path.rename(target)


def swap_kind(path, luck):
    folder = path.is_dir()
    remove(path)
    if folder:
        path.write_bytes(b"")
    else:
        path.mkdir()


def nest(path, luck):
    inner = path.with_name(".moved")
    path.rename(inner)
    path.mkdir()
    inner.rename(path / path.name)


def exchange(root, luck):
    one, other = somewhere(root, luck), somewhere(root, luck)
    if one and other and not one.is_relative_to(other) and not other.is_relative_to(one):
        aside = one.with_name(".aside")
        one.rename(aside)
        other.rename(one)
        aside.rename(other)


def duplicate(path, luck):
    names = (
        f"{path.stem} (1){path.suffix}",
        f"Copy of {path.name}",
        f"0{path.name}",
        path.name[1:],
    )
    target = path.with_name(luck.choice(names) or "x")
    if not os.path.lexists(target):
        copy = shutil.copytree if path.is_dir() else shutil.copyfile
        copy(path, target, **({"symlinks": True} if path.is_dir() else {}))


def link(path, luck):
    outside = path.anchor + "etc"
    targets = (outside, f"{outside}/hostname", path, path.parent, "gone", path.parent.parent, "..")
    remove(path)
    path.symlink_to(luck.choice(targets))


def lock(path, luck):
    path.chmod(0)


def archive(path, luck):
    folder = path if path.is_dir() else path.parent
    (folder / luck.choice(["part.zip", "DATA.RAR", "x.tar.gz"])).write_bytes(b"PK")


def recode(path, luck):
    text = path.read_bytes().decode("utf-8", "replace")
    path.write_bytes(text.encode(luck.choice(["utf-16", "utf-8-sig", "gbk", "cp037"]), "replace"))


def relabel(line, luck):
    """A label that nobody knows, or a second one for the same video."""
    head, separator, _ = line.rstrip("\r").rpartition(luck.choice([",", " ", "\t", '"']))
    other = f"{head}{separator}{luck.choice(LABELS)}"
    return luck.choice([[other], [line, other]])


def relocate(line, luck):
    _, separator, rest = line.partition(luck.choice([",", " ", "\t"]))
    return [f"{luck.choice(PATHS)}{separator}{rest}"]


def revalue(line, luck):
    """Another value of an attribute of XML."""
    cells = line.split('"')
    if len(cells) > 2:
        cells[luck.randrange(1, len(cells), 2)] = luck.choice(LABELS + PATHS)
    return ['"'.join(cells)]


def refield(line, luck):
    cells = line.split(luck.choice([",", " ", "\t", '"', "<"]))
    return luck.choice([[line + ",,,"], [" ".join(cells[:-1])], [*cells], [line, line], []])


def recell(root, luck):
    sheets = sorted(path for path in root.rglob("*.xlsx") if path.is_file())
    try:
        book = load_workbook(luck.choice(sheets))
    except Exception:  # there is none, or an earlier damage hit it
        return
    sheet = book.worksheets[0]
    for _ in range(3):
        place = luck.randint(1, sheet.max_row), luck.randint(1, sheet.max_column)
        sheet.cell(*place).value = luck.choice(CELLS)
    book.save(luck.choice(sheets))


DAMAGES = {
    "delete": on_any(delete),
    "rename": on_any(rename),
    "swap file and folder": on_any(swap_kind),
    "nest": on_any(nest),
    "duplicate": on_any(duplicate),
    "link": on_any(link),
    "archive": on_any(archive),
    "exchange": exchange,
    "truncate": on_file(truncate),
    "empty": on_file(empty),
    "scramble": on_file(scramble),
    "bite": on_file(bite),
    "recode": on_file(recode),
    "relabel": on_lines(relabel),
    "relocate": on_lines(relocate),
    "revalue": on_lines(revalue),
    "refield": on_lines(refield),
    "recell": recell,
}
if os.geteuid():  # nothing is locked for root
    DAMAGES["lock"] = on_any(lock)
CASES = st.lists(
    st.tuples(st.sampled_from([*DAMAGES]), st.integers(0, 2**32 - 1)), min_size=1, max_size=4
)


@contextmanager
def no_hang():
    def stop(*_):
        pytest.fail(f"hangs for {SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def require_sound(dataset, protocol, root):
    ids = [video.id for video in dataset.videos]
    assert len({*ids}) == len(ids)
    assert ids == sorted(ids)
    real = os.path.realpath(root)
    for video in dataset.videos:
        assert video.label in dataset.classes
        assert video.id.encode() and video.path.encode()
        assert not PurePosixPath(video.path).is_absolute()
        assert ".." not in PurePosixPath(video.path).parts
        place = os.path.realpath(root / video.path)
        assert os.path.commonpath([real, place]) == real, video.path
        assert video.id in dataset.missing or (root / video.path).exists(), video.path
    for fold in protocol.folds:
        assert {*fold.train, *fold.test} <= {*ids}
        assert not {*fold.train} & {*fold.test}


def require_sentences(message):
    assert message.endswith(".")
    assert "Errno" not in message


@contextmanager
def copied(whole):
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        root = Path(scratch).resolve() / "root"
        yield shutil.copytree(whole, root, copy_function=shutil.copyfile)


def read_or_refused(name, root):
    entry = REGISTRY.dataset(name)
    try:
        with no_hang():
            dataset = open_dataset(entry, root)
            protocol = split(dataset, entry.protocol)
    except BenchError as error:
        require_sentences(str(error))
    else:
        require_sound(dataset, protocol, root)


def fuzz(name, whole, cases):
    @settings(
        max_examples=cases,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[*HealthCheck],
    )
    @given(CASES)
    def every_case(damages):
        with copied(whole) as root:
            for damage, seed in damages:
                DAMAGES[damage](root, Random(seed))
            read_or_refused(name, root)

    every_case()


@pytest.mark.parametrize("name", NAMES)
def test_the_undamaged_tree_is_read(name, whole):
    entry = REGISTRY.dataset(name)
    dataset = open_dataset(entry, whole(name))
    require_sound(dataset, split(dataset, entry.protocol), whole(name))


@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_tree_is_read_or_refused_in_sentences(name, whole):
    fuzz(name, whole(name), 8)


@pytest.mark.parametrize("name", NAMES)
def test_a_video_that_is_a_link_out_of_the_root_is_never_read(name, whole):
    videos = open_dataset(REGISTRY.dataset(name), whole(name)).videos
    for video in (videos[0], videos[len(videos) // 2], videos[-1]):
        with copied(whole(name)) as root:
            place = root / video.path
            place.rename(root.parent / "outside")
            place.symlink_to(root.parent / "outside")
            read_or_refused(name, root)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_many_damaged_trees_are_read_or_refused_in_sentences(name, whole):
    fuzz(name, whole(name), 120)
