"""Sizes that no run needs: refused by arithmetic, before a number of them is allocated.

The limits are far above what trains on one machine; they are there for slips of the keyboard.
The config asks here, so it is known by its fields only.
"""

import os
from itertools import pairwise
from typing import Any

KIMG = 1e9  # 10^12 pictures
MOST: dict[str, float] = {
    "size": 1024, "latent": 16_384, "batch": 65_536, "d_steps": 1000, "g_steps": 1000, "ema_samples": 1_000_000,
    "evaluate_samples": 1_000_000, "keep_states": 1_000_000, "patience": 1_000_000, "rollback": 1000, "rotate": 180,
    "d_learning_scale": 1e6, "ema_ramp": 1e6,
    **dict.fromkeys(("kimg", "tick_kimg", "snapshot_kimg", "evaluate_kimg", "ema_kimg", "d_first_kimg"), KIMG),
}  # fmt: skip
WIDTH = 8192  # of any layer, and any other whole number of a component but these
COMPONENTS = {"g_blocks": 64, "d_blocks": 64, "kernel": 63, "penalty_every": 1_000_000, "gp_every": 1_000_000}
LONGEST = 64  # a list of widths or stages
WEIGHTS = 1 << 28  # of one network: 1 GiB, and three times that for the optimiser
MAPS = 1 << 36  # bytes of a batch's largest maps
THREADS, DEVICES, PICTURES = 1024, 64, 1_000_000  # for commands


def too_large(config: Any) -> list[str]:
    """Sentences about fields that are beyond any use; the rest of a config means nothing then."""
    found = [
        f"{name} is at most {most:g}; got {value:g}"
        for name, most in MOST.items()
        if (value := getattr(config, name)) > most
    ]
    if config.rotate < -MOST["rotate"]:
        found.append(f"rotate is at least -180; got {config.rotate:g}")
    for part in (config.game, config.architecture, config.conditioning, config.objective, config.optimizer):
        found += _component(part)
    return found or _together(config)


def _component(part: Any) -> list[str]:
    found = []
    for name, value in vars(part).items():
        most = COMPONENTS.get(name, WIDTH)
        values = value if isinstance(value, tuple) else (value,)
        whole = [number for number in values if type(number) is int]
        if whole and max(map(abs, whole)) > most:
            found.append(f"'{part.name}': {name} is at most {most}; got {max(whole, key=abs)}")
        if len(values) > LONGEST:
            found.append(f"'{part.name}': {name} has at most {LONGEST} numbers; got {len(values)}")
    return found


def _together(config: Any) -> list[str]:
    """What fits alone and not together."""
    found = []
    body = config.architecture
    g, d = (getattr(body, name, ()) for name in ("g_widths", "d_widths"))
    weights = {
        "G": 16 * config.latent * (g[0] if g else 1) + 9 * sum(a * b for a, b in pairwise(g)),
        "D": 9 * sum(a * b for a, b in pairwise(d)),
    }
    found += [
        f"architecture '{body.name}': {network} would have more than {WEIGHTS:,} weights ({count:,}); make it narrower"
        for network, count in weights.items()
        if count > WEIGHTS
    ]
    if (needed := maps(config)) > MAPS:
        found.append(
            f"a batch of {config.batch} at {config.size} pixels needs {needed / 2**30:,.0f} GiB for its largest maps "
            f"alone, over {MAPS >> 30}; take a smaller batch or size"
        )
    pixels = 3 * config.size**2
    if config.evaluate_kimg and config.evaluate_samples * pixels > MAPS // 8:
        found.append(
            f"evaluate_samples: {config.evaluate_samples} pictures of {config.size} pixels are over {MAPS >> 33} GiB"
        )
    return found


def maps(config: Any) -> int:
    """Bytes that the maps at full size of one batch take at the least: four of them, in float32."""
    body = config.architecture
    g, d = (getattr(body, name, ()) for name in ("g_widths", "d_widths"))
    widest = max([3, *g[-1:], *d[:1]])
    return 4 * 4 * config.batch * config.size**2 * widest


def beyond_memory(config: Any) -> list[str]:
    """A sentence where a batch cannot fit into this machine's memory; for training on its processor."""
    try:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):  # a system that does not tell
        return []
    needed = maps(config)
    if needed <= memory:
        return []
    return [
        f"a batch of {config.batch} at {config.size} pixels needs {needed / 2**30:,.0f} GiB at the least, and this "
        f"machine has {memory / 2**30:,.0f}; take a smaller batch"
    ]
