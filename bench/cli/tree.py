"""The modules of a network as a tree, each with what it and its children cost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from bench.records import ModuleCost

_NUMBERS = 40
"""Characters that the columns of numbers take, the blanks between them included."""


@dataclass(slots=True)
class Branch:
    """One module and all that lies under it."""

    name: str
    type: str = ""
    params: int = 0
    macs: int = 0
    macs_ptflops: int = 0
    children: dict[str, "Branch"] = field(default_factory=dict[str, "Branch"])

    def add(self, module: ModuleCost) -> None:
        """Count a module in."""
        self.params += module.params
        self.macs += module.macs
        self.macs_ptflops += module.macs_ptflops


def grown(modules: Sequence[ModuleCost], title: str) -> Branch:
    """The tree whose root holds the totals.

    Args:
        modules: own costs, by dotted path.
        title: of the root.
    """
    root = Branch(title)
    for module in modules:
        branch = root
        branch.add(module)
        for part in filter(None, module.name.split(".")):
            branch = branch.children.setdefault(part, Branch(part))
            branch.add(module)
        branch.type = module.type
    return root


def drawn(root: Branch, width: int) -> Table:
    """The tree as a table: guides and names to the left, rounded numbers in line to the right.

    Args:
        root: with the totals.
        width: of the screen; a narrow one shortens names, never numbers.
    """
    table = Table(box=SIMPLE_HEAD, header_style="bold", padding=(0, 0, 0, 1), pad_edge=False)
    table.add_column("module", no_wrap=True, max_width=max(12, width - _NUMBERS))
    for title in ("params", "MACs", "%", "MACs\n(ptflops)"):
        table.add_column(title, justify="right", no_wrap=True)
    whole = max(root.macs, 1)
    for guide, branch in _lines(root, "", ""):
        name = Text.assemble(guide, branch.name, " ", (branch.type, "dim"))
        share = f"{100 * branch.macs / whole:.1f}" if branch.macs else "–"
        macs, macs_ptflops = metric(branch.macs), metric(branch.macs_ptflops)
        table.add_row(name, metric(branch.params), macs, share, macs_ptflops)
    return table


def metric(count: int) -> str:
    """A count in the unit that leaves one to three digits before the point: 224.79 M."""
    for unit, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if count >= unit:
            return f"{count / unit:.2f} {letter}"
    return str(count) if count else "–"


def _lines(branch: Branch, guide: str, below: str) -> Iterator[tuple[str, Branch]]:
    yield guide, branch
    last = len(branch.children) - 1
    for position, child in enumerate(branch.children.values()):
        end = position == last
        corner, rest = ("└─ ", "   ") if end else ("├─ ", "│  ")
        yield from _lines(child, below + corner, below + rest)
