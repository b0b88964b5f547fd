"""The pane Music: tunes by a trained run of the preset midinet over the chords that somebody types."""

import importlib.util
import tempfile
from pathlib import Path
from typing import Any

import gradio as gr
from PIL import Image

from workbench.base.errors import BadInput
from workbench.base.weights import COMPOSER
from workbench.commands.compose import CHORDS
from workbench_app.explore import words
from workbench_app.explore.chosen_face import ChosenFace
from workbench_app.explore.faces import whole
from workbench_app.explore.page_context import (
    BUSY,
    QUICK,
    PageContext,
    errors_as_sentences,
    filled,
    language_of,
)
from workbench_app.explore.trained import LARGEST_SEED, NEXT_SEED, OfRuns, offered, opened

MOST_BARS = 32  # a minute or so
TEMPO = (60, 110, 180)
ACROSS, UP = 10, 8  # pixels of a sixteenth and of a pitch
ALONE: dict[str, Any] = BUSY | {"concurrency_id": "music", "concurrency_limit": 1}


class Music(OfRuns):
    """Run, chords, tempo and seed; piano roll, sound and MIDI. Without a run it says how to get one."""

    network = COMPOSER

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        t = context.t
        known = self._introduced(t("music_about"), t("music_none"), "music-none")
        with gr.Column(visible=bool(known), elem_id="music") as self.desk:
            with gr.Row():
                self.run = gr.Dropdown(known, value=None, label=t("run"), elem_id="music-run", min_width=160)
                self.chords = gr.Textbox(
                    CHORDS, label=t("chords"), max_length=300, elem_id="chords", min_width=260
                )
            with gr.Row():
                low, usual, high = TEMPO
                self.tempo = gr.Slider(low, high, usual, step=1, label=t("tempo"), elem_id="tempo")
                self.seed = gr.Slider(0, LARGEST_SEED, 0, step=1, label=t("seed"), elem_id="tune-seed")
            self.next = gr.Button(t("next_tune"), variant="primary", elem_id="next-tune")
            self.roll = gr.Image(
                format="png", interactive=False, visible=False, show_label=False, label=t("roll"),
                elem_id="roll", buttons=["download", "fullscreen"],
            )  # fmt: skip
            self.sound = gr.Audio(
                interactive=False, visible=False, label=t("sound"), elem_id="sound", buttons=["download"]
            )
            self.midi = gr.DownloadButton(t("midi"), visible=False, elem_id="midi")

    def wire(self, chosen_face: ChosenFace, history: gr.State) -> None:
        """Whatever is changed plays anew; the first tune is there when the pane is opened."""
        bells, out = self.context.bells, [self.roll, self.sound, self.midi]
        shown = self.tab.select(self.listed, self.run, [self.about, self.none, self.desk, self.run], **QUICK)
        bells.after(shown, "tune")
        bells.after(self.next.click(None, self.seed, self.seed, js=NEXT_SEED, **QUICK), "tune")
        heard = [self.run.input, self.chords.submit, self.chords.blur, self.tempo.release, self.seed.release]
        inputs = [self.run, self.chords, self.tempo, self.seed]
        bells.on("tune", heard, errors_as_sentences(self.played), inputs, out, **ALONE)

    def listed(self, chosen: str | None, request: gr.Request) -> list[Any]:
        """The runs that are there now, the chosen one or the first of them chosen."""
        return offered(self._runs(), chosen)

    def played(
        self, run: str | None, chords: str, tempo: float, seed: float, request: gr.Request
    ) -> list[Any]:
        """A tune of a bar for each chord, as updates of roll, sound and MIDI; nothing where no run is chosen.

        Raises BadInput for a run that is not there, for chords that cannot be read and for numbers out of range.
        """
        if not run:
            return [gr.skip()] * 3
        file = self._chosen(run)
        from workbench.draw import rolls, sound
        from workbench.train.composing import Composing

        composing = opened(Composing, file)
        bars = composing.chords(str(chords))
        if len(bars) > MOST_BARS:
            raise BadInput(words.say(language_of(request), "bars_most", most=MOST_BARS))
        speed = whole("the tempo", tempo, TEMPO[0], TEMPO[2])
        (tune,) = composing.compose(bars, 1, whole("the seed", seed, 0, LARGEST_SEED))
        played = sound.accompanied(tune, bars)
        with tempfile.TemporaryDirectory(prefix="workbench-") as folder:
            wav, midi = Path(folder) / "tune.wav", Path(folder) / "tune.mid"
            sound.save_wav(wav, sound.rendered(played, speed))
            files = [self.context.downloads.put(wav.name, wav.read_bytes()), self._midi(midi, played, speed)]
        roll = rolls.sheet(tune, bars, ACROSS, UP)
        alt = words.label(language_of(request), "roll")
        return [filled(Image.fromarray(roll), alt), *map(filled, files)]

    def _midi(self, path: Path, played: Any, tempo: int) -> str | None:
        """None where the package that writes MIDI is not installed."""
        if importlib.util.find_spec("mido") is None:
            return None
        from workbench.data import midi

        midi.write(path, played, tempo)
        return self.context.downloads.put(path.name, path.read_bytes())
