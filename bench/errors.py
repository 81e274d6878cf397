"""The one error a user can fix, and the hint that goes with an unknown name."""

import difflib
from collections.abc import Iterable


class BenchError(Exception):
    """A request that cannot be met, for a reason its author can mend: one to three sentences.

    The command line prints it without a traceback and exits with 2. Anything else that escapes is
    a bug of ours and keeps its traceback.
    """


def unknown(kind: str, name: str, known: Iterable[str]) -> BenchError:
    """The error for a name that is not there: what was asked, the nearest name, all known names.

    Args:
        kind: what was looked for, as in "model".
        name: the name that was given.
        known: the names that would have been accepted.
    """
    names = sorted(set(known))
    near = difflib.get_close_matches(name, names, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return BenchError(f"unknown {kind} {name!r}.{hint} Known: {', '.join(names) or 'none'}.")
