"""The gate: everything recounted, built and read again, and all that is not as it was locked."""

from bench.check.report import Refused, Report
from bench.check.story import check
from bench.check.update import Change, Update, update

__all__ = ["Change", "Refused", "Report", "Update", "check", "update"]
