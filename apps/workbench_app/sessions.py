"""What the app remembers of a visitor: the states of the page, and nothing that only gradio's deep links would read."""

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.state_holder import SessionState, StateHolder

if TYPE_CHECKING:
    from fastapi import FastAPI


class QuickSession(SessionState):
    """Begins without a copy of every control's settings, for which all visitors waited 40 ms at each new one."""

    def __init__(self, blocks: gr.Blocks) -> None:
        named: Any = SimpleNamespace(default_config=blocks.default_config, blocks={})
        super().__init__(named)


class Sessions(StateHolder):
    """gradio's, with quick sessions."""

    def __getitem__(self, session_id: str) -> SessionState:
        if session_id not in self.session_data:
            self.session_data[session_id] = QuickSession(self.blocks)
        return super().__getitem__(session_id)


def quick_sessions(app: "FastAPI", page: gr.Blocks) -> None:
    """For a page that was mounted last. Its deep links must be closed (`calls.CLOSED`): they would find nothing."""
    mounted: Any = app.routes[-1]
    mounted.app.state_holder = Sessions()
    mounted.app.state_holder.set_blocks(page)
