"""Why a release failed: the log of a failed publish job is read once, line by line, against a table of known failures.

Nothing of a log is repeated but what fits the narrow patterns of `claims` and `ailments`: a secret that somebody
printed fits none of them. A failure that the table does not know is left alone.
"""

from __future__ import annotations

from bot.diagnosis.ailments import AILMENTS, UNSTARTED, Ailment, Fix
from bot.diagnosis.reader import Diagnosis, Reader

__all__ = ["AILMENTS", "UNSTARTED", "Ailment", "Diagnosis", "Fix", "Reader"]
