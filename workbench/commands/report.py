"""`workbench report RUN`: the course report of one run, as a page and as PDF."""

import argparse
import sys
from pathlib import Path

from workbench.base.languages import SOURCE, languages
from workbench.commands.doctor import tell_damaged
from workbench.train.run import Run

MOST_PAGES = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("run", type=Path, metavar="RUN", help="a run folder, finished or not")
    parser.add_argument(
        "--lang",
        default=SOURCE,
        choices=languages(),
        help="English, or the language of another catalogue of words",
    )
    parser.add_argument(
        "--html", type=Path, metavar="FILE", help="the page; default: report.html (report-zh-TW.html) in RUN"
    )
    parser.add_argument(
        "--pdf",
        type=Path,
        metavar="FILE",
        help="the printed page; default: beside the page, where a Chromium or Chrome is found",
    )
    parser.add_argument(
        "--notes", type=Path, metavar="FILE",
        help="the author's own words, shown first: headings, paragraphs, lists; default: notes.md in RUN, where it is",
    )  # fmt: skip


def main(args: argparse.Namespace) -> int:
    """Write the page, print it where that is possible, and say what was written."""
    from workbench.base.checkpoint import write_atomically
    from workbench.show.pages import encoded
    from workbench.show.report import notes, report
    from workbench.show.report.printing import browser, fontless, missing, print_pdf

    run = Run.open(args.run)
    tell_damaged(run)
    own = args.notes or (run.path / notes.NAME if (run.path / notes.NAME).is_file() else None)
    name = "report" if args.lang == SOURCE else f"report-{args.lang}"
    html = args.html or run.path / f"{name}.html"
    write_atomically(html, encoded(report(run, args.lang, notes.read(own) if own else "")))
    print(html)
    if browser() is None and args.pdf is None:
        print(f"workbench report: {missing()}", file=sys.stderr)
        return 0
    pdf = args.pdf or html.with_suffix(".pdf")
    if boxes := fontless(args.lang):
        print(f"workbench report: {boxes}", file=sys.stderr)
    pages = print_pdf(html, pdf)
    print(f"{pdf}: {pages} pages")
    if pages > MOST_PAGES:
        print(f"workbench report: {pages} pages, more than the {MOST_PAGES} of the course", file=sys.stderr)
    return 0
