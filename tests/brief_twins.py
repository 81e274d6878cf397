"""The twins of datasets with shorter videos: the same trees, drawn in a fraction of the time."""

from dataclasses import replace

from bench.registry import resolve
from bench.synthesis import TWINS
from bench.synthesis.layout import Layout, Plan

FRAMES = (6, 8)
BRIEF = {name: f"{__name__}:{name.replace('-', '_')}" for name in TWINS}
"""In place of `TWINS`, for a command that draws."""


def brief(plan: Plan, frames: tuple[int, int] = FRAMES) -> Plan:
    """The same plan with the shortest and the longest video of so many frames."""

    def plan_in_brief(subjects: int, full: bool) -> Layout:
        layout = plan(subjects, full)
        return replace(layout, shots=tuple(replace(shot, frames=frames) for shot in layout.shots))

    return plan_in_brief


def __getattr__(attribute: str) -> Plan:
    for name in TWINS:
        if name.replace("-", "_") == attribute:
            return brief(resolve(TWINS[name], name))
    raise AttributeError(attribute)
