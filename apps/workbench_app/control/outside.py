"""Trainings that were begun elsewhere (a terminal, a notebook, an arena): known by the lock of their folder."""

from pathlib import Path
from typing import Any

from workbench.base.errors import BadInput
from workbench.base.files import held
from workbench.base.processes import Holder, Mark


class Outside:
    """Tells them to stop as Ctrl-C does, once: a second signal would end them before they have saved."""

    def __init__(self) -> None:
        self._told: set[Mark] = set()

    def seen(self, folder: Path) -> dict[str, Any] | None:
        """For the page: who trains into this run or arena; None where nobody does.

        stoppable: from here; state: running or stopping; host: the machine, "" where an older version trains.
        """
        holder = Holder.of(folder)
        if holder is None:
            return {"state": "running", "stoppable": False, "host": ""} if held(folder) else None
        state = "stopping" if holder.mark in self._told else "running"
        return {"state": state, "stoppable": holder.here, "host": holder.host}

    def stop(self, folder: Path, name: str) -> dict[str, Any] | None:
        """The clean stop; returns what `seen` then says. Raises BadInput where it cannot be told from here."""
        holder = Holder.of(folder)
        if holder is None:
            why = "began with an older version; stop it where it began, with Ctrl-C"
            raise BadInput(f"{name}: {why if held(folder) else 'does not train now'}")
        if not holder.here:
            raise BadInput(f"{name}: trains on the machine {holder.host}; stop it there, with Ctrl-C")
        if holder.mark not in self._told:
            if not holder.mark.interrupt():
                raise BadInput(
                    f"{name}: process {holder.mark.pid} does not listen now (a notebook between two cells, say); "
                    "try again, or stop it where it began"
                )
            self._told.add(holder.mark)
        return self.seen(folder)
