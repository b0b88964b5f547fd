"""Who sees which picture next, and which score is taken; no page, no network."""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.base.errors import WorkbenchError
from workbench_app.grade.gallery import Gallery
from workbench_app.grade.mission import EARLY, Mission
from workbench_app.grade.plan import REPEATS, Showing, plan
from workbench_app.grade.rows import Score
from workbench_app.grade.sources import OFFICIAL, Picture, Source
from workbench_app.grade.store import Refused, Scores, check_scores

ALL = ""
CORRECTION = "-"  # before the number of an undone showing's next try


@dataclass(frozen=True)
class View:
    """What a grader sees now.

    showing: what a score must name; empty when nothing is left. picture: None then. done, total: of the chosen part.
    """

    showing: str
    picture: Picture | None
    done: int
    total: int
    part: str
    undoable: bool

    @property
    def text(self) -> str:
        """The text asked for."""
        return self.picture.text if self.picture else ""


class Grading:
    """Pictures, graders and scores put together.

    sources: asked for their pictures once, at the first look or by `prepare`; later: those that came one after another
    behind them. key: secret bytes behind orders and names of showings. repeats: share of pictures met twice.
    mission: what the timed mission draws, or None. say: told of what was left out, which `notes` hold too.

    Raises Refused (in words) for what a grader may not do.
    """

    def __init__(
        self,
        scores: Scores,
        sources: Sequence[Source],
        key: bytes,
        repeats: float = REPEATS,
        mission: Mission | None = None,
        say: Callable[[str], None] = lambda text: None,
        later: Sequence[Source] = (),
    ) -> None:
        self.scores, self.sources, self.key, self.repeats = scores, tuple(sources), key, repeats
        self.later = tuple(later)
        self.gallery = Gallery(scores.folder / "pictures")
        self._mission, self._say = mission, say
        self._lock = threading.RLock()
        self._pictures: dict[str, Picture] = {}
        self._batches: list[tuple[str, list[str]]] = []  # a part's name, digests
        self.notes: list[str] = []

    def prepare(self) -> None:
        """Draw or read every picture, if that was not done yet."""
        if self._batches:  # the usual case does not wait for somebody who draws
            return
        with self._lock:
            if not self._batches:
                # All is read before anything is taken in: what fails here is tried again at the next look.
                made = [
                    [p for source in batch for p in self._of(source)]
                    for batch in (self.sources, *zip(self.later))
                ]
                self._batches = [(ALL, self._new(pictures)) for pictures in made]

    def _of(self, source: Source) -> list[Picture]:
        """A source that cannot be read is told of and left out; the others are graded."""
        try:
            return source.pictures()
        except WorkbenchError as error:
            self._note(f"{source.name} is not graded: {error}")
            return []

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)
            self._say(text)

    def add(self, pictures: Iterable[Picture], part: str = ALL) -> int:
        """Let more pictures be graded, after all others, so that nobody's current one changes; how many are new."""
        self.prepare()
        with self._lock:
            fresh = self._new(pictures)
            if fresh:
                self._batches = [*self._batches, (part, fresh)]
        return len(fresh)

    def _new(self, pictures: Iterable[Picture]) -> list[str]:
        """Take in those that are not there yet; the same pixels from two sources are shown once, as the first's."""
        fresh = []
        for picture in pictures:
            known = self._pictures.setdefault(picture.digest, picture)
            if known is picture:
                fresh.append(picture.digest)
            elif known.source != picture.source:
                self._note(
                    f"{picture.source} holds pictures of {known.source} too; they count for the latter"
                )
        return fresh

    def pictures(self) -> dict[str, Picture]:
        """By digest."""
        self.prepare()
        return dict(self._pictures)

    def parts(self) -> list[str]:
        """What can be chosen: everything, each official text, the timed mission once it was drawn."""
        self.prepare()
        texts = {picture.text for picture in list(self._pictures.values())}
        return [
            ALL,
            *(text for text in OFFICIAL if text in texts),
            *([EARLY] if any(part == EARLY for part, _ in self._batches) else []),
        ]

    def view(self, grader: str) -> View:
        """The picture that the grader should score now."""
        self.prepare()
        with self.scores.locked():
            part = self._part(grader)
            shown = self._plan(grader, part)
            history = self.scores.history(grader)
            done = {score.showing for score, counts in history if counts}
            current = next((showing for showing in shown if showing.name not in done), None)
            count = sum(showing.name in done for showing in shown)
            name = self._named(current, history) if current else ""
        picture = self._pictures[current.picture] if current else None
        return View(name, picture, count, len(shown), part, count > 0)

    def rate(self, grader: str, showing: Any, fits: Any, real: Any) -> View:
        """Keep two scores for the showing that is the grader's current one; on disk before the next view is made.

        The same scores for the same showing again change nothing. Raises Refused, DiskError.
        """
        check_scores(fits, real)
        if not isinstance(showing, str):
            raise Refused("grade_other")
        with self.scores.locked():
            if not self._retried(grader, showing, fits, real):
                self._keep(grader, showing, fits, real)
        return self.view(grader)

    def _retried(self, grader: str, showing: str, fits: int, real: int) -> bool:
        """Whether these very scores were kept before. Raises Refused where other ones were, or they were undone."""
        for score, counts in self.scores.history(grader):
            if _name(score.showing, score.revision) == showing:
                if not counts:
                    raise Refused("grade_undone")
                if (score.fits, score.real) != (fits, real):
                    raise Refused("grade_twice")
                return True
        return False

    def _keep(self, grader: str, showing: str, fits: int, real: int) -> None:
        view = self.view(grader)
        picture = view.picture
        if not picture or view.showing != showing:
            raise Refused("grade_other")
        name, _, revision = showing.partition(CORRECTION)
        repeat = next(s.repeat for s in self._plan(grader, view.part) if s.name == name)
        hair, eyes = picture.words()
        self.gallery.keep(picture)
        self.scores.add(
            Score(
                grader, name, int(revision or 0), picture.digest, picture.source, picture.checkpoint,
                hair, eyes, picture.seed, repeat, fits, real,
            )
        )  # fmt: skip

    def undo(self, grader: str) -> View:
        """Take back the last score within the chosen part; its picture is shown again. Raises Refused."""
        self.prepare()
        with self.scores.locked():
            names = {showing.name for showing in self._plan(grader, self._part(grader))}
            mine = [score for score in self.scores.counting(grader) if score.showing in names]
            if not mine:
                raise Refused("grade_no_undo")
            self.scores.undo(mine[-1])
        return self.view(grader)

    def choose(self, grader: str, part: Any) -> View:
        """Grade a part of the pictures (see `parts`). Raises Refused."""
        if part not in self.parts():
            raise Refused("grade_unknown_part")
        self.scores.choose(grader, part)
        return self.view(grader)

    def mission(self) -> tuple[Path, int, float]:
        """Draw the timed mission's pictures, and let them be graded. Returns folder, pictures, seconds taken."""
        if self._mission is None:
            raise Refused("grade_mission_none")
        with self._lock:
            seconds = self._mission.draw()
            found = self._mission.pictures()
            self.add(found, EARLY)
        return self._mission.folder, len(found), seconds

    def _part(self, grader: str) -> str:
        part = self.scores.choice(grader)
        return part if part in self.parts() else ALL

    def _plan(self, grader: str, part: str) -> list[Showing]:
        """Later batches follow earlier ones, so that new pictures never change what is before a grader."""
        answer = []
        for name, batch in self._batches:
            # A part is some of the whole plan, so that choosing it repeats nothing that would not be repeated anyway.
            whole = plan(self.key, grader, tuple(batch), self.repeats)
            answer += [s for s in whole if part in (ALL, name) or self._pictures[s.picture].text == part]
        return answer

    def _named(self, showing: Showing, history: list[tuple[Score, bool]]) -> str:
        earlier = [score.revision for score, _ in history if score.showing == showing.name]
        return _name(showing.name, max(earlier) + 1 if earlier else 0)


def _name(showing: str, revision: int) -> str:
    return f"{showing}{CORRECTION}{revision}" if revision else showing
