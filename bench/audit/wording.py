"""How what an audit found is said."""

from bench.audit.copies import Copies, Crossing
from bench.records import Protocol


def where(protocol: Protocol, place: int) -> str:
    """Fold and protocol, the fold by its place in the protocol from 0."""
    return f"fold {protocol.folds[place].index + 1} of {protocol.name!r}"


def crossed(crossing: Crossing, protocol: Protocol) -> str:
    """Two videos and the sides on which they stand."""
    others = f" (and of {plural(crossing.folds - 1, 'more fold')})" if crossing.folds > 1 else ""
    place = where(protocol, crossing.fold)
    return f"{crossing.train!r} is in train and {crossing.test!r} in test of {place}{others}"


def because(copies: Copies) -> str:
    """Why two videos are held for one."""
    if copies.why == "content":
        return "they have the same content"
    if copies.why == "name" or copies.likeness is None:
        return "the distributor gives them one name, and the protocol does not list them as known"
    found = copies.likeness
    return (
        f"they look alike{', mirrored' if found.mirrored else ''}; their motion differs by "
        f"{100 * found.motion:.0f} % and their picture by {found.picture:.1f} grey levels"
    )


def plural(count: int, noun: str) -> str:
    """So many of something."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def more(count: int, noun: str) -> str:
    """How many there are beside the one that was named, in brackets."""
    return f" (and {plural(count - 1, f'more {noun}')})" if count > 1 else ""
