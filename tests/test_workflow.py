"""The workflow has the jobs that docs/ci.md names, and its own script does what it says."""

import os
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())
JOBS = WORKFLOW["jobs"]


def step(job, name):
    (found,) = (step for step in JOBS[job]["steps"] if step.get("name") == name)
    return found


def test_there_are_three_jobs_and_only_times_may_fail():
    assert {name: job.get("continue-on-error", False) for name, job in JOBS.items()} == {
        "test": False,
        "check": False,
        "latency": True,
    }


def test_the_gates_are_the_commands_that_people_use():
    assert step("test", "Lint, types, tests")["run"] == "make test"
    command = step("check", "Recount, and compare with locks, paper and rules")["run"]
    assert command == ".venv/bin/bench check"


def test_every_action_is_pinned_to_a_major_version():
    used = {step["uses"] for job in JOBS.values() for step in job["steps"] if "uses" in step}
    assert used == {"actions/checkout@v5", "actions/setup-python@v6"}


@pytest.mark.parametrize("job", JOBS)
def test_every_script_is_bash(job):
    scripts = [step["run"] for step in JOBS[job]["steps"] if "run" in step]
    assert scripts
    for script in scripts:
        subprocess.run(["bash", "-n", "-c", script], check=True)


@pytest.mark.parametrize(
    ("files", "code"),
    [
        (["baselines/fan.py"], 0),
        (["registry.lock.csv"], 1),
        (["registry.lock.csv", "docs/CHANGELOG.md"], 1),
        (["registry.lock.csv", "CHANGELOG.md"], 0),
        (["CHANGELOG.md"], 0),
    ],
)
def test_a_change_of_locks_without_a_line_in_the_changelog_fails(tmp_path, files, code):
    who = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.com"]

    def git(*words):
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True, capture_output=True)

    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-m", "Base")
    git("update-ref", "refs/remotes/origin/main", "HEAD")
    for file in files:
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text("changed\n")
    git("add", ".")
    git("commit", "-q", "-m", "Change")
    done = subprocess.run(
        ["bash", "-e", "-c", step("check", "A lock that changes says why")["run"]],
        cwd=tmp_path,
        env={**os.environ, "GITHUB_BASE_REF": "main"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (code, "")
    assert done.stdout.startswith("::error::registry.lock.csv changed") == bool(code)
