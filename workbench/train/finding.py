"""A finding of the doctor: a code with values; its words come from `train.diagnoses` and `train.advice`."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypedDict

from workbench.base.documents import Json
from workbench.train import diagnoses
from workbench.train.advice import Advice
from workbench.train.advice import advice as advice_for
from workbench.train.advice import remedy as remedy_of

if TYPE_CHECKING:
    from workbench.gan.config import Config

Severity = Literal["note", "warning", "severe"]


class FindingLine(TypedDict):
    """A line of findings.jsonl; those of older versions have no values and no advice."""

    code: str
    seen: int
    severity: Severity
    what: str
    remedy: str
    values: diagnoses.Values
    advice: list[list[str]]


@dataclass(frozen=True)
class Finding:
    """One diagnosis.

    code: the same for the same illness. seen: pictures seen when it was found. severity: "note" (nothing is
    wrong), "warning" or "severe" (going on is a waste). values: what was seen, by the gaps of the code's sentences in
    `workbench.train.diagnoses`. advice: what to try, with options of `workbench train`.
    recorded: what and remedy as an older run folder has them, which holds no values.
    """

    code: str
    seen: int
    severity: Severity
    values: diagnoses.Values = field(default_factory=dict)
    advice: Advice = ()
    recorded: tuple[str, str] = ("", "")

    def what(self, language: str = "en") -> str:
        """What was seen, with numbers."""
        said = diagnoses.sentence(self.code, self.values, language)
        if said is not None:
            return said
        unknown = diagnoses.said(diagnoses.UNKNOWN, language).format(code=self.code)
        return unknown + self.recorded[0]

    def remedy(self, language: str = "en") -> str:
        """What to try; empty where nothing is wrong."""
        if not self.advice and language == "en" and self.recorded[1]:
            return self.recorded[1]
        return remedy_of(self.advice or advice_for(self.code), language)

    def sentence(self, language: str = "en") -> str:
        """For people."""
        what, remedy = self.what(language), self.remedy(language)
        return f"{what} {diagnoses.said(diagnoses.TRY, language)}{remedy}" if remedy else what

    def line(self) -> FindingLine:
        """For findings.jsonl: with its English sentences, for those who read the file."""
        return {
            "code": self.code, "seen": self.seen, "severity": self.severity, "what": self.what(),
            "remedy": self.remedy(), "values": self.values, "advice": [list(one) for one in self.advice],
        }  # fmt: skip

    @classmethod
    def of_line(cls, line: Json) -> "Finding":
        """From a line of findings.jsonl, of whatever version."""
        tried = tuple((str(name), str(typed)) for name, typed in line.get("advice", ()))
        recorded = line.get("what", ""), line.get("remedy", "")
        return cls(line["code"], line["seen"], line["severity"], line.get("values", {}), tried, recorded)


def advised(findings: Sequence[Finding], config: "Config") -> list[Finding]:
    """The same findings with what may be tried in a run of this config."""
    return [dataclasses.replace(found, advice=advice_for(found.code, config)) for found in findings]
