"""The one error a user can fix, and the hint that goes with an unknown name."""

import difflib
from collections.abc import Iterable

_MOST = 80
"""So many known names are said; of more, which may be thousands of videos, the first few."""
_FEW = 5


class BenchError(Exception):
    """A request that cannot be met, for a reason its author can mend: one to three sentences.

    The command line prints it without a traceback and exits with 2. Anything else that escapes is
    a bug of ours and keeps its traceback.
    """


def unknown(kind: str, name: str, known: Iterable[str]) -> BenchError:
    """The error for a name that is not there: what was asked, the nearest name, known names.

    Args:
        kind: what was looked for, as in "model".
        name: the name that was given.
        known: the names that would have been accepted.
    """
    names = sorted(set(known))
    near = difflib.get_close_matches(name, names, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    shown = names if len(names) <= _MOST else names[:_FEW]
    more = f" and {len(names) - len(shown):,} more" if len(shown) < len(names) else ""
    return BenchError(f"unknown {kind} {name!r}.{hint} Known: {', '.join(shown) or 'none'}{more}.")
