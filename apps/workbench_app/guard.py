"""Everything that stands between visitors and the pages, in the one order that is right."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from workbench_app.access import Access, TokenLink
from workbench_app.headers import Headers, ancestors
from workbench_app.limits import BodyLimit
from workbench_app.proxy import ProxyHeaders, ProxySettings
from workbench_app.quota import Quota, UploadQuota

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI


@dataclass(frozen=True)
class Guard:
    """front: what stands before the app. framed_by: origins that may show it in a frame. quota: of dropped pictures."""

    front: ProxySettings = field(default_factory=ProxySettings)
    framed_by: tuple[str, ...] = ()
    quota: Quota = field(default_factory=Quota)

    def __post_init__(self) -> None:
        ancestors(self.framed_by)

    def around(self, app: "FastAPI", access: Access, page: "gr.Blocks", cache: str | Path) -> None:
        """Adds the middleware; what is added last sees a request first. cache: gradio's own folder."""
        from workbench_app.calls import CallValidator

        app.add_middleware(CallValidator, page=page, cache=cache)
        app.add_middleware(UploadQuota, quota=self.quota, forget=page.upload_file_set.discard)
        app.add_middleware(TokenLink, access=access)
        app.add_middleware(BodyLimit)
        app.add_middleware(Headers, origins=self.framed_by)
        app.add_middleware(ProxyHeaders, front=self.front)
