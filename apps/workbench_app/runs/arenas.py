"""Arenas that lie in the folder: how far each entry is, their table, their page while it grows."""

import threading
from typing import Any

from workbench.arena.entries import shortened
from workbench.arena.folder import Folder as Arena
from workbench.arena.page import page, shown_row
from workbench.arena.results import as_csv, table
from workbench.base.documents import Json
from workbench.base.errors import WorkbenchError
from workbench.base.files import held
from workbench.measure.figures import shown_in
from workbench_app.runs.folder import RunsFolder, told


class Arenas:
    """Tables and pages, made again only where something was measured since."""

    def __init__(self, folder: RunsFolder) -> None:
        self.folder = folder
        self._kept: dict[tuple[str, str], tuple[tuple, Any]] = {}
        self._lock = threading.Lock()

    def listed(self) -> list[Json]:
        """One row an arena: entries, the share of the whole that is done, the best entry so far."""
        rows = []
        for name in self.folder.arenas():
            try:
                arena = self.folder.arena(name)
                reached = self._reached(name, arena)
            except (WorkbenchError, OSError, ValueError, KeyError, TypeError) as error:
                rows.append({"name": name, "problem": told(error)})
                continue
            share = sum(reached) / len(reached) if reached else 0.0
            rows.append({"name": name, "entries": len(reached), "share": share, "training": held(arena.path)})
        return rows

    def view(self, name: str) -> Json:
        """The table and the state of every entry."""
        arena = self.folder.arena(name)
        rows = self._made("table", name, arena, lambda: table(arena))
        reached = self._reached(name, arena)
        begun = set(self.folder.path.joinpath(name).glob("*/config.json"))
        short, several = shortened(arena.entries), len({entry.seed for entry in arena.entries}) > 1
        entries = [
            {
                "label": short[entry.text] + (f" · {entry.seed}" if several else ""),
                "name": entry.folder, "share": share, "training": held(arena.run(entry).path),
                "begun": arena.run(entry).path / "config.json" in begun,
            }
            for entry, share in zip(arena.entries, reached, strict=True)
        ]  # fmt: skip
        return {
            "name": name, "training": held(arena.path), "figures": [one.name for one in shown_in("arena")],
            "rows": [shown_row(row) | {"entry": short[row["entry"]], "whole": row["entry"]} for row in rows],
            "entries": entries, "version": str(hash(_stamps(arena))),
            "minutes": arena.terms.minutes, "cores": arena.terms.cores, "kimg": arena.terms.kimg,
        }  # fmt: skip

    def _reached(self, name: str, arena: Arena) -> list[float]:
        """The share of the budget that is behind each entry."""
        return self._made("reached", name, arena, lambda: [arena.reached(entry) for entry in arena.entries])

    def page(self, name: str, language: str) -> str:
        """Its self-contained page as it would be written now."""
        arena = self.folder.arena(name)
        return self._made(f"page {language}", name, arena, lambda: page(arena, name, language))

    def csv(self, name: str) -> str:
        """Its table for other programs."""
        return as_csv(table(self.folder.arena(name)))

    def _made(self, kind: str, name: str, arena: Arena, make: Any) -> Any:
        with self._lock:
            stamps = _stamps(arena)
            known = self._kept.get((kind, name))
            if known is None or known[0] != stamps:
                known = self._kept[kind, name] = stamps, make()
            return known[1]


def _stamps(arena: Arena) -> tuple:
    """Changes whenever something was measured, or an entry joined."""
    found = [len(arena.entries)]
    for entry in arena.entries:
        path = arena.run(entry).path / "metrics.jsonl"
        found.append(path.stat().st_mtime_ns if path.exists() else 0)
    return tuple(found)
