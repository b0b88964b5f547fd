"""The doctor: lines of ticks.jsonl and metrics.jsonl to findings in plain words. Pure functions, no torch.

Every threshold says where it comes from. "Healthy" is the log of a good 64-pixel run of the preset
`faces-64` and of tiny runs; "sick" are runs that the tests make sick on purpose.
"""

import math
from collections.abc import Callable, Sequence

from workbench.base.documents import Json
from workbench.gan.rules import leading
from workbench.measure.figures import figure
from workbench.measure.measurements import measurements
from workbench.train.finding import Finding

Line = Json

# Ticks that are looked at together: one tick's mean over a few batches jumps.
WINDOW = 8
WATCHED = {"accuracy/D", "gradient/G", "score/real", "score/fake"}
# D's accuracy on pairs; a healthy run begins at 0.92 and falls to 0.6, one with a 50 times faster D stays at 1.
WON_ACCURACY = 0.985
# Real minus fake score; 6 means sigmoid(3) = 95% sure on either side, always. Healthy: 1.6 falling to 0.1.
# A critic's scores are no logits, and its gap is the distance that it estimates: its loss, minus that gap, is below 0.
WON_GAP = 6.0
# G's gradient norm against the largest it was over a window; healthy runs keep at least a tenth.
VANISHED = 0.02
# Mean RMSE between pictures of one text. Of 44 sets of samples by different authors the visibly collapsed ones
# had 0.00 to 0.05, the next 0.12, the healthy ones at least 0.175.
COLLAPSED, NARROW, HEALTHY = 0.05, 0.12, 0.175
# The same against real pictures, so that data which is itself uniform shifts the line.
COLLAPSED_SHARE, NARROW_SHARE = 0.3, 0.6
KINDS, SHARES = ("hair", "eyes"), ("agreement", "agreement_chance", "agreement_real")
# Share of the way from shuffled tags to real pictures. Tiny networks that cannot see tags stay within 0.03 of 0 on
# 256 samples; tiny ones that can are at 0.13 to 0.25 after 2 kimg, and real runs pass a half soon.
IGNORED_SHARE = 0.1
# Real pictures must be read clearly better than shuffled tags, or the reading says nothing about the generator.
READABLE = 0.3
# Of the rule's units (ln of the Frechet distance): half as far again. Two neighbouring evaluations of a healthy
# run differ by 0.05 to 0.2.
WORSE = math.log(1.5)
# Standard deviation of what is drawn in the white box from picture to picture, against that of what belongs there.
STAMPED_SHARE = 0.25
# Translations whose nearest source is their own; chance is 1% among a hundred.
LOST_SHARE = 0.3
# Near copies beyond those of the real pictures.
MANY_COPIES = 0.1


def diagnose(ticks: Sequence[Line], metrics: Sequence[Line], since: int = 0) -> list[Finding]:
    """What is wrong at the end of these lines, the worst first; empty for a healthy run.

    since: pictures seen at the last rollback; what came before it counts only as the best there was.
    """
    own = [line for line in ticks if line["seen"] > since and "partial" not in line]
    found = [not_a_number(own), discriminator_wins(own)]
    measured = [line for line in metrics if line["seen"] > since]
    collapsed = collapse(measured)
    copies = duplicates(measured) if collapsed is None or collapsed.severity != "severe" else None
    found += [collapsed, degeneration(metrics, since), ignored_tags(measured), copies, one_stamp(measured)]
    found.append(lost_source(measured))
    told = [finding for finding in found if finding is not None]
    return sorted(told, key=lambda finding: finding.severity != "severe")


def whole_record(
    ticks: Sequence[Line], metrics: Sequence[Line], recorded: Sequence[Finding]
) -> list[Finding]:
    """What is recorded, and what the logs show now that was not told since the last rollback."""
    since = max((found.seen for found in recorded if found.code == "rollback"), default=0)
    told = {found.code for found in recorded if found.seen >= since}
    return [*recorded, *(found for found in diagnose(ticks, metrics, since) if found.code not in told)]


def not_a_number(ticks: Sequence[Line]) -> Finding | None:
    """NaN or infinity in the newest tick."""
    bad = [k for k, v in ticks[-1].items() if isinstance(v, float) and not math.isfinite(v)] if ticks else []
    if not bad:
        return None
    return diverged(ticks[-1]["seen"], f"{', '.join(bad)} of the last tick are not finite")


def diverged(seen: int, told: str) -> Finding:
    """The finding for a step that gave NaN or infinity."""
    return Finding("nan", seen, "severe", {"where": told})


def discriminator_wins(ticks: Sequence[Line]) -> Finding | None:
    """D tells every pair apart, and its scores are far apart or G no longer gets a gradient."""
    ticks = [line for line in ticks if line.keys() >= WATCHED]  # not while D learns alone
    last = ticks[-WINDOW:]
    if len(last) < WINDOW:
        return None
    accuracy = _mean(last, lambda line: line["accuracy/D"])
    gap = _mean(last, lambda line: line["score/real"] - line["score/fake"])
    now = _mean(last, lambda line: line["gradient/G"])
    windows = range(0, len(ticks) - WINDOW + 1, WINDOW)
    most = max(_mean(ticks[n : n + WINDOW], lambda line: line["gradient/G"]) for n in windows)
    vanished = now <= VANISHED * most
    logits = _mean(last, lambda line: line.get("loss/D", 0.0)) >= 0
    if accuracy < WON_ACCURACY or not (vanished or (logits and gap >= WON_GAP)):
        return None
    values = {"ticks": WINDOW, "share": accuracy, "gap": gap}
    gradient = {"most": most, "now": now} if vanished else {}
    return Finding("discriminator-wins", last[-1]["seen"], "warning", values | gradient)


def collapse(metrics: Sequence[Line]) -> Finding | None:
    """Pictures of different latents are alike, in two evaluations in a row (the first may show an untrained G)."""
    lines = [line for line in metrics if "diversity" in line]
    degrees = [_degree(line) for line in lines[-2:]]
    if len(degrees) < 2 or min(degrees) == 0:
        return None
    line, severe = lines[-1], min(degrees) == 2
    values = {"own": line["diversity"], "healthy": HEALTHY}
    if "diversity_real" in line:
        values["real"] = line["diversity_real"]
    code = "mode-collapse" if severe else "low-diversity"
    return Finding(code, line["seen"], "severe" if severe else "warning", values)


def _degree(line: Line) -> int:
    """0: varied, 1: narrow, 2: collapsed."""
    diversity, real = line["diversity"], line.get("diversity_real", 1.0)
    if diversity < min(COLLAPSED, COLLAPSED_SHARE * real):
        return 2
    return int(diversity < min(NARROW, NARROW_SHARE * real))


def degeneration(metrics: Sequence[Line], since: int = 0) -> Finding | None:
    """The last two evaluations are clearly worse than the best."""
    lines = [line for line in metrics if "score" in line]
    last = [line for line in lines if line["seen"] > since][-2:]
    if len(last) < 2:
        return None
    best = min(lines, key=lambda line: line["score"])
    if min(line["score"] for line in last) < best["score"] + WORSE:
        return None
    now = last[-1]
    newest, then = measurements(now), measurements(best)
    measured = leading(newest.keys() & then.keys())
    if measured is None:  # lines that no known game wrote
        return None
    values = {"best_seen": best["seen"]} | {
        f"best_{measured}": then[measured].value,
        f"now_{measured}": newest[measured].value,
    }
    if "both" in newest and "both" in then:
        values |= {"best_both": then["both"].value, "now_both": newest["both"].value}
    return Finding("degeneration", now["seen"], "severe", values)


def ignored_tags(metrics: Sequence[Line]) -> Finding | None:
    """Samples agree with their tags hardly better than with shuffled ones, in three evaluations in a row.

    Three, because tags are learned after shapes: healthy tiny runs are at chance in their first two.
    """
    lines = [line for line in metrics if all(line.get(name, {}).keys() >= {*KINDS} for name in SHARES)][-3:]
    if len(lines) < 3:
        return None
    kinds = [kind for kind in KINDS if all(_ignored(line, kind) for line in lines)]
    if not kinds:
        return None
    now = lines[-1]
    values = {}
    for kind in kinds:
        values[kind] = now["agreement"][kind]
        values[f"{kind}_chance"] = now["agreement_chance"][kind]
        values[f"{kind}_real"] = now["agreement_real"][kind]
    return Finding("ignored-tags", now["seen"], "warning", values)


def _ignored(line: Line, kind: str) -> bool:
    chance, real = line["agreement_chance"][kind], line["agreement_real"][kind]
    return real - chance >= READABLE and line["agreement"][kind] - chance < IGNORED_SHARE * (real - chance)


def duplicates(metrics: Sequence[Line]) -> Finding | None:
    """Many near copies among the samples, in two evaluations in a row."""
    lines = [line for line in metrics if "duplicates" in line][-2:]
    if len(lines) < 2 or any(
        line["duplicates"] < line.get("duplicates_real", 0) + MANY_COPIES for line in lines
    ):
        return None
    now = lines[-1]
    values = {"own": now["duplicates"], "real": now.get("duplicates_real", 0)}
    return Finding("duplicates", now["seen"], "warning", values)


def one_stamp(metrics: Sequence[Line]) -> Finding | None:
    """Whoever is given, nearly the same is drawn in the box, in two evaluations in a row."""
    lines = [line for line in metrics if "spread" in line and "spread_real" in line][-2:]
    if len(lines) < 2 or any(line["spread"] >= STAMPED_SHARE * line["spread_real"] for line in lines):
        return None
    now = lines[-1]
    values = {"own": now["spread"], "real": now["spread_real"]}
    return Finding("one-stamp", now["seen"], "warning", values)


def lost_source(metrics: Sequence[Line]) -> Finding | None:
    """Translations no longer show their own source, in two evaluations in a row."""
    lines = [line for line in metrics if "own" in line][-2:]
    if len(lines) < 2 or any(line["own"] >= LOST_SHARE for line in lines):
        return None
    return Finding("lost-source", lines[-1]["seen"], "warning", {"own": lines[-1]["own"]})


def looked_at(ticks: Sequence[Line], metrics: Sequence[Line]) -> list[str]:
    """The figures behind a diagnosis, for people; one sentence for ticks, one for evaluations."""
    said = []
    last = [line for line in ticks if line.keys() >= WATCHED][-WINDOW:]
    if last:
        gap = _mean(last, lambda line: line["score/real"] - line["score/fake"])
        said.append(
            f"Over the last {len(last)} ticks: accuracy/D {_mean(last, lambda line: line['accuracy/D']):.3f}, "
            f"scores {gap:.2f} apart, gradient/G {_mean(last, lambda line: line['gradient/G']):.3g}."
        )
    if metrics:
        now = metrics[-1]
        parts = [f"{key} {figure(key).show(reading.value)}" for key, reading in measurements(now).items()]
        said.append(f"Evaluation after {now['seen']:,} pictures: {', '.join(parts)}.")
    else:
        said.append("There is no evaluation (evaluate_kimg is 0, or none was due).")
    return said


def _mean(lines: Sequence[Line], value: Callable[[Line], float]) -> float:
    return math.fsum(map(value, lines)) / len(lines)
