"""How the grading and results pages look."""

from workbench_app.fragments import static

CSS = static(__file__, "grade.css")
