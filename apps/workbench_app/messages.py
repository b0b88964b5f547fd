"""What visitors are told in a toast, or by the API where something is refused.

gradio shows such text as HTML, and it may repeat what a link, a dropped picture or a file's name said. So all of it
goes through here and becomes plain text; nothing else may call gr.Error, gr.Warning or gr.Info (ruff's TID251).
"""

import html

import gradio as gr

REFUSAL = gr.Error  # what `refusal` makes, to be let through
LONGEST = 600  # characters; more would cover the page
SECONDS = 8.0


def text(said: object) -> str:
    """The sentence as HTML that shows just these characters."""
    shown = str(said)
    return html.escape(shown if len(shown) <= LONGEST else f"{shown[:LONGEST]} ...", quote=False)


def refusal(said: object, title: str = "Error") -> gr.Error:
    """What a handler raises to refuse in a sentence. title: of the toast, in the visitor's language."""
    return gr.Error(text(said), print_exception=False, duration=SECONDS, title=title)


def warn(said: object, title: str = "Warning") -> None:
    """A toast beside an answer that is not quite what was asked for."""
    gr.Warning(text(said), title=title)


def inform(said: object, title: str = "Info") -> None:
    """A short toast: it is done."""
    gr.Info(text(said), duration=3, title=title)
