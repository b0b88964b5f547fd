"""Stepper: buttons that do one thing each, and a picture of what came of it."""

import threading
from collections.abc import Callable, Mapping

import ipywidgets as W

from workbench.base.errors import WorkbenchError
from workbench.lab.widgets.images import image


class Stepper(W.VBox):
    """actions: what each button does, by its label; picture: the state as a PNG file, drawn after every press."""

    def __init__(self, actions: Mapping[str, Callable[[], object]], picture: Callable[[], bytes]) -> None:
        self._picture, self._lock = picture, threading.Lock()
        self.buttons = {label: W.Button(description=label) for label in actions}
        self.image, self.said = image(), W.Label()
        for label, button in self.buttons.items():
            button.on_click(lambda _, action=actions[label]: self._do(action))
        super().__init__([W.HBox(list(self.buttons.values())), self.said, self.image])
        self.image.value = picture()

    def _do(self, action: Callable[[], object]) -> None:
        with self._lock:  # some kernels run callbacks in threads of their own
            try:
                action()
                self.said.value = ""
            except WorkbenchError as error:
                self.said.value = str(error)
            self.image.value = self._picture()
