"""Hair and eye colours: words <-> condition, and the text file that asks for pictures.

A condition is two indices into the vocabulary, -1 where a colour is not known. Nothing here needs more than
the standard library, so that a bad text file is refused at once.
"""

import dataclasses
import functools
import os
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from workbench.base.errors import BadInput, nearest
from workbench.data import spellings

HAIR = (
    "orange",
    "white",
    "aqua",
    "gray",
    "green",
    "red",
    "purple",
    "pink",
    "blue",
    "black",
    "brown",
    "blonde",
)
EYES = ("gray", "black", "orange", "pink", "yellow", "aqua", "purple", "green", "brown", "red", "blue")
UNKNOWN = -1
EXAMPLE = "blue hair red eyes"

SPELLINGS = {"grey": "gray", "blond": "blonde"}
# Colours people name that the vocabulary has under another word; only for "did you mean".
_NEAR = {
    "yellow": "gold golden amber blonde", "blonde": "yellow gold golden", "gray": "white silver ash",
    "white": "silver snow",
    "aqua": "teal cyan turquoise mint", "blue": "navy azure", "purple": "violet lavender lilac indigo",
    "pink": "magenta rose", "red": "crimson scarlet", "orange": "ginger", "green": "lime emerald",
    "brown": "auburn chestnut hazel",
}  # fmt: skip

MOST_BYTES = 64 << 20  # of a text file; far above any use, below what hurts
MOST_ID_CHARACTERS = 100
MOST_ID_BYTES = 200  # file systems allow 255 bytes a name, of which sample_, _k and .jpg need some
REFUSED_IN_NAMES = '/\\:*?"<>|'  # separators, and what Windows file systems refuse

_NOUN = re.compile("(hair|eyes)")
_KINDS = ("hair", "eyes")


@dataclass(frozen=True)
class Vocabulary:
    """The colours that a model knows, in the order of its label indices."""

    hair: tuple[str, ...] = HAIR
    eyes: tuple[str, ...] = EYES

    @property
    def sizes(self) -> tuple[int, int]:
        """Number of hair and of eye colours."""
        return len(self.hair), len(self.eyes)

    def colours(self, kind: str) -> tuple[str, ...]:
        """The colours of "hair" or "eyes"."""
        return self.hair if kind == "hair" else self.eyes

    def index(self, kind: str, colour: str) -> int:
        """Index of a colour word ("Grey", "blond" too) of "hair" or "eyes"; UNKNOWN when it is none."""
        word = colour.strip().casefold()
        word = SPELLINGS.get(word, word)
        colours = self.colours(kind)
        return colours.index(word) if word in colours else UNKNOWN

    def to_json(self) -> dict[str, list[str]]:
        """Plain lists, for a card or a config."""
        return {"hair": list(self.hair), "eyes": list(self.eyes)}

    @classmethod
    def from_json(cls, data: dict[str, list[str]]) -> "Vocabulary":
        """The opposite of `to_json`. Raises BadInput where `data` is no vocabulary."""
        lists = [data.get(kind) for kind in _KINDS] if isinstance(data, dict) else [None]
        if not all(
            isinstance(colours, list) and all(isinstance(c, str) for c in colours) for colours in lists
        ):
            raise BadInput("not a vocabulary: expected a list of words for 'hair' and one for 'eyes'")
        return cls(tuple(data["hair"]), tuple(data["eyes"]))


VOCABULARY = Vocabulary()


@dataclass(frozen=True)
class Condition:
    """What a picture should show: indices into the vocabulary, UNKNOWN (-1) where nothing is asked for."""

    hair: int = UNKNOWN
    eyes: int = UNKNOWN

    def text(self, vocabulary: Vocabulary = VOCABULARY) -> str:
        """Such as "blue hair red eyes"; an unknown part is left out."""
        parts = [
            (index, kind) for index, kind in zip((self.hair, self.eyes), _KINDS, strict=True) if index >= 0
        ]
        return " ".join(f"{vocabulary.colours(kind)[index]} {kind}" for index, kind in parts)


def combinations(vocabulary: Vocabulary = VOCABULARY) -> list[Condition]:
    """Every hair with every eye colour, row by row."""
    hair, eyes = vocabulary.sizes
    return [Condition(h, e) for h in range(hair) for e in range(eyes)]


def parse(text: str, vocabulary: Vocabulary = VOCABULARY) -> Condition:
    """The condition that a text such as "blue hair red eyes" names; either part may be missing, not both.

    Case, spacing, the order of the two tags and the spellings grey and blond do not matter.

    Raises:
        BadInput: with the reason, and the nearest colour where a colour is not known.
    """
    found: dict[str, int] = {}
    for words, kind in _groups(text):
        if kind is None:
            raise BadInput(_left_over(words, found, vocabulary))
        if not words:
            raise BadInput(f"no colour before '{kind}'; a tag is a colour and a part, as in '{EXAMPLE}'")
        index = vocabulary.index(kind, words[-1])
        if index == UNKNOWN:
            raise BadInput(_unknown_colour(words, kind, vocabulary))
        if len(words) > 1:
            raise BadInput(_left_over(words[:-1], {*found, kind}, vocabulary))
        if kind in found:
            first, second = vocabulary.colours(kind)[found[kind]], vocabulary.colours(kind)[index]
            raise BadInput(f"two colours for {kind}: '{first} {kind}' and '{second} {kind}'")
        found[kind] = index
    if not found:
        raise BadInput(f"no hair or eye colour; expected something like '{EXAMPLE}'")
    return Condition(found.get("hair", UNKNOWN), found.get("eyes", UNKNOWN))


def understood(text: str) -> tuple[Condition, list[str]]:
    """What a line of a text file with this text asks for, and what was read as what. Raises BadInput."""
    words, told = spellings.tags_of(spellings.unquoted(spellings.plain(text)))
    return parse(words), told


def _groups(text: str) -> Iterator[tuple[list[str], str | None]]:
    """The words before each noun with that noun; what is left after the last one comes with None."""
    words: list[str] = []
    # Spacing does not matter: "bluehair" too is two words. A comma may stand between the tags.
    for word in _NOUN.sub(r" \1 ", text.casefold().replace(",", " ")).split():
        if word in _KINDS:
            yield words, word
            words = []
        else:
            words.append(word)
    if words:
        yield words, None


def _unknown_colour(words: list[str], kind: str, vocabulary: Vocabulary) -> str:
    shown = f"'{_shown(words)} {kind}' is not a known colour"
    colours = vocabulary.colours(kind)
    hints = " or ".join(f"'{hint} {kind}'" for hint in _hints(words[-1], colours) if len(words[-1]) <= 40)
    return f"{shown}; did you mean {hints}?" if hints else f"{shown}; known: {', '.join(colours)}"


@functools.lru_cache(maxsize=4096)
def _hints(word: str, colours: tuple[str, ...]) -> list[str]:
    """The colours that the word may mean, else the one nearest in spelling; none when none is near."""
    meant = [colour for colour in colours if word in _NEAR.get(colour, "").split()]
    spelt = nearest(word, colours, alike=0.65)  # at 0.6 "long" would be near "orange"
    return meant or ([spelt] if spelt else [])


def _left_over(words: list[str], taken: Collection[str], vocabulary: Vocabulary) -> str:
    """Why words that are no tag are wrong; `taken` are the kinds that are named elsewhere."""
    colour, *rest = words
    kinds = [kind for kind in _KINDS if kind not in taken and vocabulary.index(kind, colour) != UNKNOWN]
    close = nearest(rest[0], kinds) if rest and len(rest[0]) <= 40 else None  # "hiar", "eye"
    hints = " or ".join(f"'{colour} {kind}'" for kind in ([close] if close else kinds))
    if hints:
        return f"'{_shown(words)}' names neither hair nor eyes; did you mean {hints}?"
    return f"'{_shown(words)}' is not a tag; a tag is a colour and a part, as in '{EXAMPLE}'"


def _shown(words: list[str] | str) -> str:
    """Words as an error message can hold them: short, on one line, nothing unprintable."""
    text = words if isinstance(words, str) else " ".join(words)
    short = text if len(text) <= 40 else text[:37] + "..."
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in short)


@dataclass(frozen=True)
class Line:
    """One good line of a text file; `number` counts from 1, `text` is what the user wrote.

    told: what was read as what, a sentence each; empty where the text is plain.
    """

    number: int
    id: str
    text: str
    condition: Condition
    told: tuple[str, ...] = ()


@dataclass(frozen=True)
class Problem:
    """One bad line."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


def read(
    path: str | os.PathLike[str],
    vocabulary: Vocabulary = VOCABULARY,
    strict: bool = False,
    half_known: bool = False,
) -> tuple[list[Line], list[Problem]]:
    """All good and all bad lines of a file of `id,text` lines; blank lines count as neither.

    strict: only plain texts are read, nothing is guessed (see `spellings`). half_known: of a line in which only one
    of two tags can be read, that one is.

    Raises:
        BadInput: the file is missing, is no file or cannot be read.
    """
    file = str(path)
    data = _bytes(path)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return [], [Problem(file, 1, "the file is UTF-16; save it as UTF-8")]
    lines: list[Line] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    header: tuple[str, ...] = ()
    for number, raw in enumerate(data.removeprefix(b"\xef\xbb\xbf").splitlines(), start=1):
        try:
            name, comma, text = _cells(raw, strict)
            if not strict and not (lines or problems or header) and spellings.is_header(name, text):
                header = (f"line {number}, '{_shown(name)},{_shown(text)}', is a header",)
                continue
            line = _line(number, name, comma, text, seen, vocabulary, strict, half_known)
            if line and header and not lines:
                line = dataclasses.replace(line, told=header + line.told)
        except BadInput as error:
            problems.append(Problem(file, number, str(error)))
        else:
            lines += [line] if line else []
    if not lines and not problems:
        problems.append(Problem(file, 1, f"the file is empty; expected lines such as '1,{EXAMPLE}'"))
    return lines, problems


def _bytes(path: str | os.PathLike[str]) -> bytes:
    try:
        with Path(path).open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise BadInput(f"cannot read {path}: {reason}") from None
    if len(data) > MOST_BYTES:
        raise BadInput(f"{path} is larger than {MOST_BYTES >> 20} MiB; that is no text file of tags")
    return data


def _cells(raw: bytes, strict: bool) -> tuple[str, str, str]:
    """(id, separator or "", text) of one line."""
    if b"\0" in raw:
        raise BadInput(f"a NUL byte at column {raw.index(0) + 1}")
    try:
        whole = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(f"not UTF-8: byte 0x{raw[error.start]:02x} at column {error.start + 1}") from None
    if not strict:
        return spellings.cells(spellings.plain(whole))
    name, comma, text = whole.partition(",")
    return name.strip(), comma, text.strip()


def _line(
    number: int, name: str, comma: str, text: str, seen: dict[str, int], vocabulary: Vocabulary, strict: bool,
    half_known: bool,
) -> Line | None:  # fmt: skip
    """One line, or None for a blank one; `seen` collects the ids, also those of lines whose tags are bad."""
    if not (name or comma):
        return None
    if not comma:
        raise BadInput(f"no comma in '{_shown(name)}'; expected id,text, as in '1,{EXAMPLE}'")
    check_id(name)
    if name in seen:
        raise BadInput(f"the id '{_shown(name)}' was used on line {seen[name]} already")
    seen[name] = number
    words, told = (text, []) if strict else spellings.tags_of(text)
    try:
        condition = parse(words, vocabulary)
    except BadInput as error:
        half = _half(words, vocabulary) if half_known else None
        if half is None:
            raise
        condition, told = half, [*told, f"only '{half.text(vocabulary)}' is drawn ({error})"]
    return Line(number, name, text, condition, tuple(told))


def _half(text: str, vocabulary: Vocabulary) -> Condition | None:
    """The one tag of a text that can be read; None where there is none, or more than one of a kind."""
    found = []
    for words, kind in _groups(text):
        index = vocabulary.index(kind, words[-1]) if kind and words else UNKNOWN
        if index != UNKNOWN:
            found.append((kind, index))
    return Condition(**dict(found)) if len(found) == 1 else None


def check_id(name: str) -> None:
    """Raises BadInput unless `name` can stand inside a file name on any usual file system."""
    if not name:
        raise BadInput(f"the id is missing; expected id,text, as in '1,{EXAMPLE}'")
    if len(name) > MOST_ID_CHARACTERS or len(name.encode("utf-8", "surrogatepass")) > MOST_ID_BYTES:
        raise BadInput(
            f"the id '{_shown(name)}' is too long for a file name (over {MOST_ID_CHARACTERS} characters)"
        )
    bad = [character for character in name if character in REFUSED_IN_NAMES or not character.isprintable()]
    if bad or name in (".", ".."):
        what = f": '{_shown(bad[0])}' is not allowed" if bad else ""
        raise BadInput(f"the id '{_shown(name)}' is not a plain part of a file name{what}")
