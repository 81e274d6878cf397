import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.frames.parallel import each

DIE = "__import__('os')._exit(3)"


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_items(workers):
    assert list(each(eval, ["1 + 1", "2 * 5", "7"], workers, died=str)) == [2, 10, 7]


def test_an_item_that_kills_its_process_is_answered_for_and_the_others_are_done():
    items = ["1", DIE, "3", "4"]
    assert list(each(eval, items, 2, died=lambda item: f"died of {item}")) == [
        1,
        f"died of {DIE}",
        3,
        4,
    ]


def test_after_a_death_the_rest_is_shared_among_processes_again():
    items = ["1", DIE, *["__import__('os').getpid()"] * 40]
    results = list(each(eval, items, 2, died=lambda _: "died"))
    assert results[:2] == [1, "died"]
    assert len(results) == 42
    # those that were at work have a process each
    assert len(set(results[2:])) <= 4 + 2


def test_what_the_work_raises_is_raised():
    with pytest.raises(ZeroDivisionError):
        list(each(eval, ["1", "1 / 0"], 2, died=str))


def test_few_items_stay_in_this_process():
    assert (
        list(each(eval, ["__import__('os').getppid()"] * 4, 0, died=str))
        == [__import__("os").getppid()] * 4
    )


ORPHAN = """
import sys, time
from bench.frames.parallel import each
if __name__ == "__main__":
    pids = each(eval, ["__import__('os').getpid()", "__import__('time').sleep(60)"], 2, died=str)
    print(next(pids), flush=True)
    time.sleep(60)
"""


def test_the_processes_end_with_their_parent(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(ORPHAN)
    surroundings = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    command = [sys.executable, str(script)]
    with subprocess.Popen(command, env=surroundings, stdout=subprocess.PIPE) as parent:
        child = Path("/proc") / parent.stdout.readline().decode().strip()
        assert child.exists()
        parent.kill()
    deadline = time.monotonic() + 5
    while _runs(child) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not _runs(child)


def _runs(process):
    # one that has ended may stay listed until somebody asks for its result
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
