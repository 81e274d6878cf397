"""Who is drawn: every lasting trait of an invented person, fixed by the person's key."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Self, get_type_hints

import numpy as np

Colour = tuple[int, int, int]

SKINS: tuple[Colour, ...] = (
    (247, 216, 196),
    (238, 198, 170),
    (224, 178, 145),
    (203, 151, 115),
    (172, 121, 88),
    (140, 94, 68),
    (112, 74, 54),
)
HAIRS: tuple[Colour, ...] = (
    (38, 30, 28),
    (62, 43, 34),
    (96, 64, 42),
    (150, 104, 58),
    (201, 162, 98),
    (128, 58, 36),
    (168, 164, 160),
)
IRISES: tuple[Colour, ...] = ((72, 46, 30), (96, 66, 38), (70, 110, 140), (84, 116, 84))
CLOTHES: tuple[Colour, ...] = (
    (60, 84, 120),
    (120, 52, 60),
    (64, 100, 78),
    (94, 92, 98),
    (190, 186, 176),
    (40, 42, 52),
    (170, 130, 70),
)
HAIRCUTS = ("bald", "short", "fringe", "parted", "long", "curly")
BEARDS = ("none", "none", "none", "stubble", "moustache", "full")


@dataclass(frozen=True, slots=True)
class Between:
    """A trait drawn evenly from a range."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class OneOf:
    """A trait drawn evenly from options."""

    options: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """An invented person; lengths are in half face widths, as everywhere in the drawing.

    Each trait is drawn evenly from the range, or the options, that stand beside it.
    """

    key: str
    """Namespaced name, as in `synthetic/s003`: one key, one face, for ever."""
    cheek: Annotated[float, Between(0.94, 1.04)]
    jaw: Annotated[float, Between(0.70, 0.88)]
    chin: Annotated[float, Between(0.24, 0.42)]
    height: Annotated[float, Between(0.95, 1.06)]
    skin: Annotated[float, Between(0.0, len(SKINS) - 1.0)]
    """Position on the row of skin colours."""
    rosy: Annotated[float, Between(0.0, 1.0)]
    eye_gap: Annotated[float, Between(0.39, 0.45)]
    eye_width: Annotated[float, Between(0.185, 0.225)]
    eye_open: Annotated[float, Between(0.85, 1.15)]
    eye_tilt: Annotated[float, Between(-0.025, 0.03)]
    iris: Annotated[Colour, OneOf(IRISES)]
    brow_thick: Annotated[float, Between(0.035, 0.065)]
    brow_arch: Annotated[float, Between(0.03, 0.09)]
    brow_tilt: Annotated[float, Between(-0.02, 0.02)]
    brow_height: Annotated[float, Between(-0.02, 0.03)]
    nose_width: Annotated[float, Between(0.15, 0.22)]
    nose_length: Annotated[float, Between(0.36, 0.46)]
    mouth_width: Annotated[float, Between(0.32, 0.39)]
    mouth_height: Annotated[float, Between(-0.03, 0.03)]
    mouth_curve: Annotated[float, Between(-0.015, 0.015)]
    lip_full: Annotated[float, Between(0.75, 1.3)]
    lip_red: Annotated[float, Between(0.15, 0.7)]
    haircut: Annotated[str, OneOf(HAIRCUTS)]
    hair: Annotated[Colour, OneOf(HAIRS)]
    hairline: Annotated[float, Between(-1.02, -0.86)]
    parting: Annotated[float, Between(-0.5, 0.5)]
    ears: Annotated[float, Between(0.85, 1.15)]
    glasses: Annotated[bool, OneOf((False, False, False, True))]
    beard: Annotated[str, OneOf(BEARDS)]
    cloth: Annotated[Colour, OneOf(CLOTHES)]
    lopsided: Annotated[float, Between(-0.14, 0.14)]
    """How much stronger an expression is on the right of the picture."""
    openness: Annotated[float, Between(0.0, 1.0)]
    """How readily this person parts the lips in a smile or a sneer."""
    seed: Annotated[int, Between(0, 1 << 31)]
    """For details that need many random numbers: strands of hair, freckles."""

    @classmethod
    def of(cls, key: str) -> Self:
        """The person of a key; two keys share no trait but by chance."""
        choices = _choices(cls)
        luck = luck_of(key).random(len(choices)).tolist()
        values: dict[str, Any] = {}
        for (name, choice), chance in zip(choices, luck, strict=True):
            if isinstance(choice, OneOf):
                values[name] = choice.options[int(chance * len(choice.options))]
            else:
                values[name] = choice.low + chance * (choice.high - choice.low)
        values["seed"] = int(values["seed"])
        return cls(key=key, **values)

    @property
    def skin_colour(self) -> Colour:
        """Colour of the skin under even light."""
        index = min(int(self.skin), len(SKINS) - 2)
        tone = mix(SKINS[index], SKINS[index + 1], self.skin - index)
        return mix(tone, (206, 96, 84), 0.14 * self.rosy)


def luck_of(key: str) -> np.random.Generator:
    """Random numbers that belong to a key, the same on every machine and in every process."""
    digest = hashlib.blake2b(key.encode(), digest_size=16).digest()
    return np.random.default_rng(int.from_bytes(digest))


@lru_cache
def _choices(kind: type[Identity]) -> tuple[tuple[str, Between | OneOf], ...]:
    """What a person is drawn from: name of the trait, and its range or options."""
    hints = get_type_hints(kind, include_extras=True)
    return tuple((name, hints[name].__metadata__[0]) for name in hints if name != "key")


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """The colour between two colours; share 0 gives the first, 1 the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue
