"""The names of directions found without labels, by what `workbench.draw.naming` measured."""

from workbench.base.languages import Words

MOST = 6  # sliders
NAMES = ("hair", "eyes", "top", "bottom", "middle", "side", "warmth", "any")


def labels(known: Words) -> dict[str, str]:
    """Labels by key, `direction_` + name + sign of the effect + number. known: the page's words."""
    found = {}
    for name in NAMES:
        ends = [known[f"way_{name}_low"], known[f"way_{name}_high"]]  # for an effect above 0
        for number in range(1, MOST + 1):
            found[f"direction_{name}+{number}"] = f"{number} · {ends[0]} – {ends[1]}"
            found[f"direction_{name}-{number}"] = f"{number} · {ends[1]} – {ends[0]}"
    return found
