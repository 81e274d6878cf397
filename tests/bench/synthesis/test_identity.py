from dataclasses import fields

import numpy as np

from bench.synthesis.identity import Identity, luck_of, mix

KEYS = [f"{space}/{n}" for space in ("stills", "synthetic", "mmi", "sheet") for n in range(100)]


def test_a_key_gives_the_same_person_again():
    assert Identity.of("synthetic/0/s003") == Identity.of("synthetic/0/s003")


def test_a_person_never_changes_between_versions():
    person = Identity.of("synthetic/0/s003")
    assert (person.haircut, person.beard, round(person.jaw, 4)) == ("curly", "none", 0.8792)


def test_persons_of_different_namespaces_share_no_face():
    faces = {tuple(getattr(Identity.of(key), f.name) for f in fields(Identity)[1:]) for key in KEYS}
    assert len(faces) == len(KEYS)


def test_every_option_of_a_trait_is_drawn():
    people = [Identity.of(key) for key in KEYS]
    assert {person.haircut for person in people} == {
        "bald",
        "short",
        "fringe",
        "parted",
        "long",
        "curly",
    }
    assert {person.glasses for person in people} == {False, True}


def test_the_luck_of_a_key_is_its_own():
    assert luck_of("a").random() == luck_of("a").random()
    assert luck_of("a").random() != luck_of("b").random()


def test_a_mixed_colour_lies_between_both():
    assert mix((0, 100, 200), (100, 200, 0), 0.25) == (25, 125, 150)
    assert np.shape(mix((0, 0, 0), (1, 1, 1), 1.0)) == (3,)
