"""The text file that asks for pictures: lines of `id,text`, each good or bad with its reason.

Nothing here needs more than the standard library, so that a bad text file is refused at once.
"""

import dataclasses
import os
from dataclasses import dataclass
from pathlib import Path

from workbench.base.errors import BadInput
from workbench.data import further, spellings
from workbench.data.tag_text import guessed, half, shown
from workbench.data.vocabulary import EXAMPLE, VOCABULARY, Condition, Vocabulary

MOST_BYTES = 64 << 20  # of a text file; far above any use, below what hurts
MOST_ID_CHARACTERS = 100
MOST_ID_BYTES = 200  # file systems allow 255 bytes a name, of which sample_, _k and .jpg need some
REFUSED_IN_NAMES = '/\\:*?"<>|'  # separators, and what Windows file systems refuse


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
    more: bool = False,
) -> tuple[list[Line], list[Problem]]:
    """All good and all bad lines of a file of `id,text` lines; blank lines count as neither.

    strict: only plain texts are read, nothing is guessed (see `spellings`). half_known: of a line in which only one
    of several tags can be read, that one is. more: a line that says more than the vocabulary, two colours, is read in
    the words of `further.FURTHER`.

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
                header = (f"line {number}, '{shown(name)},{shown(text)}', is a header",)
                continue
            line = _line(number, name, comma, text, seen, vocabulary, strict, half_known, more)
            if line and header and not lines:
                line = dataclasses.replace(line, told=header + line.told)
        except BadInput as error:
            problems.append(Problem(file, number, str(error)))
        else:
            lines += [line] if line else []
    if not lines and not problems:
        problems.append(
            Problem(file, 1, f"the file is empty; expected lines such as '1,{vocabulary.example}'")
        )
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
    half_known: bool, more: bool,
) -> Line | None:  # fmt: skip
    """One line, or None for a blank one; `seen` collects the ids, also those of lines whose tags are bad."""
    if not (name or comma):
        return None
    if not comma:
        raise BadInput(f"no comma in '{shown(name)}'; expected id,text, as in '1,{vocabulary.example}'")
    check_id(name)
    if name in seen:
        raise BadInput(f"the id '{shown(name)}' was used on line {seen[name]} already")
    seen[name] = number
    condition, told = _asked(text, vocabulary, strict, half_known, more)
    return Line(number, name, text, condition, tuple(told))


def understood(
    text: str, vocabulary: Vocabulary = VOCABULARY, more: bool = False
) -> tuple[Condition, list[str]]:
    """What a line of a text file with this text asks for, and what was read as what; more: as in `read`.

    Raises BadInput.
    """
    plain = spellings.unquoted(spellings.plain(text))
    return _asked(plain, vocabulary, strict=False, half_known=False, more=more)


def _asked(
    text: str, vocabulary: Vocabulary, strict: bool, half_known: bool, more: bool
) -> tuple[Condition, list[str]]:
    """What a plain text asks for, and what was read as what. Raises BadInput."""
    words, told = (text, []) if strict else guessed(text, vocabulary)
    try:
        return further.asked(words, vocabulary, text), told
    except BadInput as error:
        reason = error
    if more:
        try:
            return further.read(text, strict, reason)
        except BadInput as nearer:
            reason = nearer
    for known in (vocabulary, further.FURTHER) if more and further.shipped() else (vocabulary,):
        words, told = (text, []) if strict else guessed(text, known)
        if half_known and (one := half(words, known, further.unfit(known))):
            return one, [*told, f"only '{one.text(known)}' is drawn ({reason})"]
    raise reason


def check_id(name: str) -> None:
    """Raises BadInput unless `name` can stand inside a file name on any usual file system."""
    if not name:
        raise BadInput(f"the id is missing; expected id,text, as in '1,{EXAMPLE}'")
    if len(name) > MOST_ID_CHARACTERS or len(name.encode("utf-8", "surrogatepass")) > MOST_ID_BYTES:
        raise BadInput(
            f"the id '{shown(name)}' is too long for a file name (over {MOST_ID_CHARACTERS} characters)"
        )
    bad = [character for character in name if character in REFUSED_IN_NAMES or not character.isprintable()]
    if bad or name in (".", ".."):
        what = f": '{shown(bad[0])}' is not allowed" if bad else ""
        raise BadInput(f"the id '{shown(name)}' is not a plain part of a file name{what}")
