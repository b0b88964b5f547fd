"""The app's pages as gradio Blocks, in which an odd value is refused in a sentence wherever it is noticed."""

import logging
import traceback
from typing import Any

import gradio as gr

from workbench_app import messages

UNFORESEEN = "That did not work; the app's own log says why. · 沒有成功，原因在程式的紀錄裡。"
log = logging.getLogger("workbench.app")


class Pages(gr.Blocks):
    """gradio shows visitors nothing but a badge where a control or a handler raises, and answers programs with 500."""

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        self._told: set[str] = set()

    async def preprocess_data(self, *arguments: Any, **named: Any) -> Any:
        """As gradio's. Raises gr.Error alone."""
        try:
            return await super().preprocess_data(*arguments, **named)
        except messages.REFUSAL:
            raise
        except Exception as error:  # noqa: BLE001 - of any control, at any value
            raise messages.refusal(f"a value does not fit its control ({type(error).__name__})") from None

    async def call_function(self, *arguments: Any, **named: Any) -> Any:
        """As gradio's; what no handler foresaw is logged, once for each place, and told in a sentence."""
        try:
            return await super().call_function(*arguments, **named)
        except (messages.REFUSAL, StopIteration, StopAsyncIteration):
            raise
        except Exception as error:  # the visitor gets a sentence, the log gets the rest
            last = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{type(error).__name__} at {last.filename}:{last.lineno}"
            if place not in self._told:
                self._told.add(place)
                log.error("unforeseen: %s", place, exc_info=error)
            raise messages.refusal(UNFORESEEN) from None
