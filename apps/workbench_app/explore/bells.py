"""Events that no control has, which one listener each hears: what is drawn after something else has changed.

gradio holds back a listener's next call while its last one is under way (`always_last`), but only that listener's.
Two that write the same pictures overtake each other, and the older pictures stay. `.then` does not help: it makes a
listener of its own, which drops what comes while it is busy. So each drawing has one listener, and everything else
rings its bell.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from types import MethodType
from typing import Any

import gradio as gr
from gradio.events import EventListener

SCRIPT = (Path(__file__).parent / "static" / "bells.js").read_text(encoding="utf-8")
SILENT: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}


class Bells:
    """Stands outside the tabs: what a closed tab holds is not on the page yet."""

    def __init__(self) -> None:
        self.html = gr.HTML("", html_template="", js_on_load=SCRIPT, elem_id="bells")

    def on(
        self,
        name: str,
        events: Sequence[Callable[..., Any]],
        handler: Any,
        inputs: Any,
        outputs: Any,
        **how: Any,
    ) -> Any:
        """The one listener of this bell and of controls' own events; calls that come meanwhile become one, the last."""
        rung = MethodType(
            EventListener(name).listener, self.html
        )  # as events of its own kind are; `gr.on` wants a method
        heard = [*events, rung]
        return gr.on(heard, handler, inputs, outputs, trigger_mode="always_last", **how)

    @staticmethod
    def after(done: Any, *names: str, success: bool = False) -> Any:
        """Rings once this has been done. success: and went well."""
        ring = " ".join(f"window.ring('{name}');" for name in names)
        then = done.success if success else done.then
        return then(None, None, None, js=f"() => {{ {ring} }}", **SILENT)
