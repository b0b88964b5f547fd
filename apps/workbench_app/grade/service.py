"""Everything that grading needs, opened together: what a server is given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from workbench_app.access import Access
from workbench_app.grade import uploads
from workbench_app.grade.identity import Identity, secret
from workbench_app.grade.mission import EARLY, Mission
from workbench_app.grade.passwords import Passwords
from workbench_app.grade.plan import REPEATS
from workbench_app.grade.results import Figures, figures
from workbench_app.grade.rows import Score
from workbench_app.grade.session import Grading
from workbench_app.grade.sources import Drawn, HeldOut, SampleFolder, Source
from workbench_app.grade.store import Scores

if TYPE_CHECKING:
    from workbench.draw.painter import Painter


@dataclass
class GradingService:
    """grading: pictures and scores. identity: who is who. access: who may see results. say: told of trouble.

    Close it when the server ends.
    """

    grading: Grading
    identity: Identity
    say: Callable[[str], None] = print
    access: Access = field(init=False)
    _counted: tuple[tuple[int, int], Figures] | None = None

    def __post_init__(self) -> None:
        self.access = Access(self.identity.key, self.identity.passwords)

    @classmethod
    def open(
        cls,
        scores: str | Path,
        painters: Sequence[tuple[str, "Painter"]] = (),
        folders: Sequence[tuple[str | Path, str | Path | None]] = (),
        data: Sequence[str | Path] = (),
        real: int = 20,
        repeats: float = REPEATS,
        seed: int = 1,
        passwords: str | Path | None = None,
        early: str | Path = EARLY,
        say: Callable[[str], None] = print,
    ) -> "GradingService":
        """Opens the scores and names the sources; no picture is drawn or read before the first look.

        Args:
            scores: folder of the scores file, its backups and the key of the cookies.
            painters: (name, painter); the first one draws the timed mission into the folder `early`.
            folders: (folder of sample_(id)_(k).jpg or .png, its file of id,text lines or None for PNGs with recipes).
            data: sources of real pictures, `real` held-out ones of which are mixed in.
            repeats: share of the pictures that a grader meets twice.
            passwords: file made by `workbench passwords`.
            say: told what was found and done, in sentences.

        Raises BadInput, DiskError: one sentence each.
        """
        known = Passwords.open(passwords)
        sources: list[Source] = [Drawn(painter, name, seed=seed) for name, painter in painters]
        sources += [SampleFolder(path, texts) for path, texts in folders]
        sources += [HeldOut(list(data), real)] if data and real else []
        kept = Scores(scores, say)
        try:
            key = secret(kept.folder)
            later = uploads.kept(kept.folder)
        except BaseException:
            kept.close()
            raise
        mission = Mission(painters[0][1], early, seed) if painters else None
        return cls(Grading(kept, sources, key, repeats, mission, say, later), Identity(key, known), say)

    def results(self) -> tuple[list[tuple[Score, bool]], Figures]:
        """Every score with whether it counts, and the figures of those that do."""
        history = self.grading.scores.history()
        counting = [score for score, counts in history if counts]
        state = len(history), len(counting)  # rows are only ever added, so this tells whether anything is new
        if self._counted is None or self._counted[0] != state:
            self._counted = state, figures(counting, self.grading.gallery.belief)
        return history, self._counted[1]

    def upload(self, name: str, data: bytes) -> int:
        """Take a ZIP file of samples (see `uploads`); how many pictures are new. Raises BadInput, DiskError."""
        return self.grading.add(uploads.keep(self.grading.scores.folder, name, data).pictures())

    def close(self) -> None:
        """Back up the scores and let go of the folder."""
        self.grading.scores.close()
