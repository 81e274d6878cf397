import numpy as np
import pytest

from bench.synthesis.actions import EXPRESSIONS, PROTOTYPES
from bench.synthesis.identity import Identity
from bench.synthesis.performance import Difficulty, perform

PERSON = Identity.of("test/performance")
CALM = Difficulty(stray=0.0, talking=0.0)
ACTED = [name for name in EXPRESSIONS if name != "neutral"]
TAKES = [(name, str(take)) for name in ACTED for take in range(5)]


@pytest.mark.parametrize(("expression", "take"), TAKES)
def test_the_apex_is_exactly_where_the_intensity_is_greatest(expression, take):
    script = perform(PERSON, expression, take, Difficulty())
    first, last = script.apex
    strongest = np.flatnonzero(script.intensity == script.intensity.max())
    assert strongest.tolist() == list(range(first, last))


@pytest.mark.parametrize(("expression", "take"), TAKES)
def test_the_phases_of_every_unit_follow_each_other_within_the_video(expression, take):
    script = perform(PERSON, expression, take, CALM)
    assert set(script.phases) == set(PROTOTYPES[expression])
    for phase in script.phases.values():
        assert 0 <= phase.onset < phase.apex < phase.offset < phase.end < len(script.states)


def test_a_unit_is_at_rest_before_its_onset_and_after_its_end():
    script = perform(PERSON, "sad", "0", CALM)
    for unit, phase in script.phases.items():
        course = np.array([state.actions[unit] for state in script.states])
        assert (course > 0).tolist() == [
            phase.onset <= frame < phase.end for frame in range(len(course))
        ]


def test_units_do_not_move_all_at_once():
    phases = perform(PERSON, "fear", "0", CALM).phases.values()
    assert len({phase.onset for phase in phases}) > 1


def test_a_neutral_video_has_no_apex_and_no_intensity():
    script = perform(PERSON, "neutral", "0", CALM)
    assert script.apex is None
    assert not script.intensity.any()
    assert not any(any(state.actions.values()) for state in script.states)


def test_a_neutral_video_may_hold_motion_that_means_nothing():
    scripts = [perform(PERSON, "neutral", str(take), Difficulty()) for take in range(8)]
    states = [state for script in scripts for state in script.states]
    assert any(any(state.actions.values()) for state in states)
    assert any(state.talk > 0.3 for state in states)
    assert any(state.blink == 1 for state in states)


def test_a_take_can_be_repeated_and_another_take_differs():
    first = perform(PERSON, "happy", "0", Difficulty())
    assert perform(PERSON, "happy", "0", Difficulty()).states == first.states
    assert perform(PERSON, "happy", "1", Difficulty()).states != first.states


def test_the_difficulty_bounds_intensity_and_length():
    difficulty = Difficulty(intensity=(0.5, 0.6), frames=(40, 44))
    scripts = [perform(PERSON, "happy", str(take), difficulty) for take in range(20)]
    assert all(0.5 <= script.intensity.max() <= 0.6 for script in scripts)
    assert {len(script.states) for script in scripts} == set(range(40, 45))
