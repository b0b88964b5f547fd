"""`python -m workbench_app.grade`: the grading and results pages alone, without the rest of the app."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.base.errors import WorkbenchError

if TYPE_CHECKING:
    from fastapi import FastAPI

    from workbench_app.grade.service import GradingService
    from workbench_app.guard import Guard


def app_of(service: "GradingService", guard: "Guard | None" = None) -> "FastAPI":
    """A server's app with both pages, at /grade and /results. guard: what stands between visitors and them."""
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # before the import, which would call out
    import gradio as gr
    from fastapi import FastAPI
    from gradio.utils import get_upload_folder

    from workbench_app.grade.page import grade_page
    from workbench_app.grade.results_page import results_page
    from workbench_app.grade.style import CSS
    from workbench_app.grade.web import attach
    from workbench_app.guard import Guard
    from workbench_app.pages import Pages

    guard = guard or Guard()
    with Pages(title="Grade", analytics_enabled=False) as demo:
        gr.Markdown("[Grade](grade)")
    with demo.route("Grade", "/grade"):
        grade_page(service)
    with demo.route("Results", "/results"):
        results_page(service)
    demo.queue(max_size=64, default_concurrency_limit=2)
    api = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    attach(api, service)
    api = gr.mount_gradio_app(
        api, demo, path="/", css=CSS, run_history=False, footer_links=[], show_error=False, ssr_mode=False,
        enable_monitoring=False, root_path=guard.front.root_path or None, allowed_paths=[], max_file_size="1mb",
    )  # fmt: skip
    guard.around(api, service.access, demo, get_upload_folder())
    return api


def main() -> int:
    """Serve until interrupted; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m workbench_app.grade", description=__doc__)
    parser.add_argument("--scores", default="scores", metavar="DIR")
    parser.add_argument(
        "--checkpoint", action="append", metavar="PATH", help="several are graded side by side"
    )
    parser.add_argument("--samples", action="append", default=[], nargs="+", metavar=("FOLDER", "TEXTS"))
    parser.add_argument(
        "--data", nargs="+", default=[], metavar="SOURCE", help="mixes in held-out real pictures"
    )
    parser.add_argument("--passwords", metavar="FILE")
    parser.add_argument("--port", type=int, default=7861)
    args = parser.parse_args()
    import uvicorn

    from workbench.draw.painter import Painter
    from workbench_app.grade.service import GradingService

    try:
        painters = [
            (Path(path).name if path else "shipped", Painter.open(path)) for path in args.checkpoint or [None]
        ]
        folders = [(folder, texts[0] if texts else None) for folder, *texts in args.samples]
        service = GradingService.open(args.scores, painters, folders, args.data, passwords=args.passwords)
    except WorkbenchError as error:
        parser.exit(error.exit_code, f"{error}\n")
    try:
        app = app_of(service)
        print(f"http://127.0.0.1:{args.port}/?token={service.access.token}", flush=True)
        uvicorn.run(app, host="127.0.0.1", port=args.port, log_level="warning", proxy_headers=False)
    finally:
        service.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
