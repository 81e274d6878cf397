"""The command `bench`, which is `python -m bench`."""

import gc
import sys


def main() -> int:
    """Import the command line, then run one command; returns its exit code."""
    gc.disable()  # what is imported stays, and looking for garbage in it is a tenth of the start
    from bench.cli import main as command

    gc.freeze()
    gc.enable()
    return command()


if __name__ == "__main__":
    sys.exit(main())
