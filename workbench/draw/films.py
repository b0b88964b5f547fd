"""Moving pictures as files: a strip, a GIF, an MP4. Pure functions of frames (N, H, W, 3) uint8."""

import io
from typing import Any

import numpy as np
from PIL import Image

from workbench.base.errors import BadInput
from workbench.data.pictures import grid

FRAMES_A_SECOND = 12
FILM_SIZE = 256  # pixels a side, enlarged without smoothing
MOST_IN_STRIP = 12
CLIP_SIZE = 128  # pixels a side of one of several clips


def strip(frames: np.ndarray, most: int = MOST_IN_STRIP) -> np.ndarray:
    """At most `most` frames at even distances, the first and the last among them, side by side."""
    rows = np.unique(np.linspace(0, len(frames) - 1, min(most, len(frames))).round().astype(int))
    return grid(frames[rows], len(rows))


def enlarged(frames: np.ndarray) -> np.ndarray:
    """Every pixel as a square, to about FILM_SIZE and an even number of pixels a side (video needs that)."""
    scale = max(1, FILM_SIZE // frames.shape[1])
    scale += scale * frames.shape[1] % 2
    return frames.repeat(scale, axis=1).repeat(scale, axis=2)


def together(clips: np.ndarray, columns: int, side: int = CLIP_SIZE) -> np.ndarray:
    """Clips (N, T, S, S, 3) uint8, row by row, as one film (T, H, W, 3); each is enlarged to about `side` pixels."""
    scale = max(1, side // clips.shape[2])
    big = clips.repeat(scale, axis=2).repeat(scale, axis=3)
    return np.stack([grid(big[:, time], columns) for time in range(clips.shape[1])])


def gif(frames: np.ndarray, rate: int = FRAMES_A_SECOND) -> bytes:
    """An endless GIF with one palette a frame; rate: frames a second."""
    pictures = [Image.fromarray(frame).quantize(256, dither=Image.Dither.NONE) for frame in enlarged(frames)]
    buffer = io.BytesIO()
    pictures[0].save(
        buffer, "GIF", save_all=True, append_images=pictures[1:], duration=round(1000 / rate), loop=0,
        disposal=2,
    )  # fmt: skip
    return buffer.getvalue()


def video_library() -> Any:
    """The package PyAV. Raises BadInput where it is not installed."""
    try:
        import av
    except ImportError:
        raise BadInput("MP4 needs PyAV: pip install av") from None
    return av


def mp4(frames: np.ndarray, rate: int = FRAMES_A_SECOND) -> bytes:
    """H.264 as every browser plays it (yuv420p); rate: frames a second. Raises BadInput where PyAV is not installed."""
    av = video_library()
    big = enlarged(frames)
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as film:
        stream = film.add_stream("libx264", rate=rate, options={"crf": "16", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = big.shape[2], big.shape[1], "yuv420p"
        for frame in big:
            film.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        film.mux(stream.encode())
    return buffer.getvalue()
