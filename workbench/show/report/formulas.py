"""Objectives and conditionings as formulas: the components' own equations, and the penalties' from their numbers."""

import io
import re
from dataclasses import dataclass

from workbench.base.registry import Component
from workbench.base.schedules import Schedule
from workbench.gan.config import Config
from workbench.gan.penalties import Penalty
from workbench.show.pages import inline
from workbench.show.report.words import Say

PLACES = {"real": r"x \sim \mathrm{real}", "fake": r"x \sim \mathrm{fake}", "line": r"x \sim \mathrm{line}"}
SIZE = 13  # points; the page scales what is too wide


@dataclass(frozen=True)
class Formula:
    """One equation: its LaTeX, the data URI of its picture, and a sentence about its numbers."""

    latex: str
    picture: str
    note: str = ""


def component_formulas(component: Component) -> list[Formula]:
    """The component's own equations; none where its class brings none (an inherited one could be wrong)."""
    return [Formula(latex, drawn(latex)) for latex in vars(type(component)).get("formulas", ())]


def docstring_formulas(component: Component) -> str:
    """For a component without equations: the paragraph of its docstring that says what D and G do."""
    paragraphs = re.split(r"\n\s*\n", type(component).__doc__ or "")
    found = [" ".join(text.split()) for text in paragraphs[1:] if re.search(r"\b[DG]: ", text)]
    return found[0] if found else ""


def objective_formulas(config: Config, say: Say) -> list[Formula]:
    """Losses, gradient penalties with their weights, and what wrong tags add."""
    found = component_formulas(config.objective)
    found += [penalty_formula(penalty, say) for penalty in config.objective.penalties()]
    wrong = (
        (config.mismatch, r"x,\,\tilde{t}", "wrong tags: real pictures with tags that are not theirs"),
        (
            config.wrong_pictures,
            r"\tilde{x},\,t",
            "wrong pictures: the tags with another real picture that lacks them",
        ),
    )
    for weight, pair, told in wrong:
        if not weight.is_zero:
            latex = (
                rf"L_D \leftarrow L_D + \mu\ L_{{\mathrm{{fake}}}}(D({pair})),\quad \mu = {_number(weight)}"
            )
            found.append(Formula(latex, drawn(latex), say(told)))
    return found


def penalty_formula(penalty: Penalty, say: Say) -> Formula:
    """`weight * mean(| ||grad D|| - target | ** power)` with this penalty's numbers."""
    norm = r"\|\nabla_x D(x)\|_2"
    if penalty.target:
        inner = rf"{norm} - {penalty.target:g}"
        inner = rf"\max(0,\ {inner})" if penalty.sides == 1 else rf"({inner})"
    else:
        inner = norm
    power = f"^{{{penalty.power}}}" if penalty.power != 1 else ""
    latex = (
        rf"L_D \leftarrow L_D + \lambda\ \mathrm{{E}}_{{{PLACES[penalty.where]}}}\ {inner}{power},"
        rf"\quad \lambda = {_number(penalty.weight)}"
    )
    notes = []
    if penalty.where == "line":
        notes.append(say("line: x at random between a real and a generated picture"))
    if penalty.every > 1:
        notes.append(say("every {n} updates of D, {n} times as strong").format(n=penalty.every))
    if penalty.share < 1:
        notes.append(say("on {share} of the batch").format(share=f"{penalty.share:.0%}"))
    return Formula(latex, drawn(latex), "; ".join(notes))


def schedule_text(schedule: Schedule) -> str:
    """A number, or "0.5 (0%) → 0.2 (100%)" with the shares of the run at which it bends."""
    if len(schedule.points) == 1:
        return f"{schedule.points[0][1]:g}"
    return " → ".join(f"{value:g} ({share:.0%})" for share, value in schedule.points)


def _number(schedule: Schedule) -> str:
    return schedule_text(schedule).replace("%", r"\%").replace(" (", r"\ (").replace("→", r"\rightarrow")


def drawn(latex: str) -> str:
    """The data URI of an SVG; letters are outlines, so that every reader shows the same.

    Raises ValueError, with the place, where mathtext does not know a command.
    """
    import matplotlib
    from matplotlib.font_manager import FontProperties
    from matplotlib.mathtext import math_to_image

    buffer = io.BytesIO()
    options = {"svg.fonttype": "path", "svg.hashsalt": "workbench", "mathtext.fontset": "cm"}
    with matplotlib.rc_context(options):  # type: ignore[arg-type]
        math_to_image(f"${latex}$", buffer, prop=FontProperties(size=SIZE), format="svg", color="#1d2330")
    return inline(buffer.getvalue(), "image/svg+xml")
