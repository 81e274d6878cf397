"""The report: a static site and model cards, made of stored records alone."""

from bench.report.card import model_card
from bench.report.gather import Material, gather
from bench.report.writing import build, write

__all__ = ["Material", "build", "gather", "model_card", "write"]
