"""What an update minimises, collected term by term, and what is told of it."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Term:
    """One loss: a scalar under its name in the ticks, and how much it counts."""

    name: str
    value: Tensor
    weight: float = 1.0


class Losses:
    """The terms of one update of one network."""

    def __init__(self) -> None:
        self.terms: list[Term] = []
        self.told: dict[str, Tensor] = {}  # scalars for the ticks; losses as they are, without their weights

    def add(self, name: str, value: Tensor, weight: float = 1.0) -> None:
        """A loss that is minimised, `weight` times."""
        self.terms.append(Term(name, value, weight))
        self.told[name] = value

    def tell(self, name: str, value: Tensor) -> None:
        """A scalar that is told and not minimised."""
        self.told[name] = value

    def tell_scores(self, d_real: Tensor, d_fake: Tensor) -> None:
        """What D thinks of real and of fake pictures; scores (M,) each, in pairs."""
        self.tell("score/real", d_real.mean())
        self.tell("score/fake", d_fake.mean())
        self.tell("accuracy/D", (d_real > d_fake).float().mean())

    @property
    def total(self) -> Tensor:
        """The weighted sum, a scalar. There is at least one term."""
        first, *others = (term.weight * term.value for term in self.terms)
        return sum(others, first)
