"""How every subcommand takes and explains its options: a sentence, a type and a default for each, in the same order."""

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any

from workbench.base.languages import SOURCE, languages
from workbench.draw.recipe import MOST_SEED

KINDS = {  # name of an option's type -> what stands for a value, and what that is
    "int": ("N", "whole number"),
    "seed": ("N", "whole number"),
    "port": ("N", "whole number"),
    "float": ("X", "number"),
    "truncation": ("X", "number"),
    "Path": ("PATH", ""),
}


class SentencesFormatter(argparse.HelpFormatter):
    """Adds type and default to an option's sentence where the sentence does not say them."""

    def __init__(self, prog: str, **options: Any) -> None:
        super().__init__(prog, **{"max_help_position": 32} | options)

    def _get_help_string(self, action: argparse.Action) -> str:
        said = action.help or ""
        told = [_kind(action)[1]] if _kind(action)[1] and not action.choices else []
        if action.required and action.option_strings:
            told.append("required")
        elif "default" not in said and (default := _shown(action)):
            told.append(f"default: {default}")
        return f"{said} [{', '.join(told)}]" if told else said

    def _get_default_metavar_for_optional(self, action: argparse.Action) -> str:
        return _kind(action)[0] or super()._get_default_metavar_for_optional(action)


def _kind(action: argparse.Action) -> tuple[str, str]:
    return KINDS.get(getattr(action.type, "__name__", ""), ("", ""))


def _shown(action: argparse.Action) -> str:
    """The default in words; empty for switches, which are off, and for what must be given."""
    if isinstance(action.default, bool) or action.default == argparse.SUPPRESS:
        return ""
    if action.default in (None, "", []):
        return "none" if action.option_strings or action.nargs in ("?", "*") else ""
    return "%(default)s"


class Parser(argparse.ArgumentParser):
    """Options are spelt with dashes; underscores, as in a config's fields, are understood."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"formatter_class": SentencesFormatter} | options)

    def parse_known_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Any:  # type: ignore[override]
        return super().parse_known_args(dashed(sys.argv[1:] if args is None else args), namespace)


def dashed(arguments: Sequence[str]) -> list[str]:
    """The options among the arguments with dashes for underscores; values, and all after a bare --, as they are."""
    end = list(arguments).index("--") if "--" in arguments else len(arguments)
    return [_dashed(one) for one in arguments[:end]] + list(arguments[end:])


def _dashed(argument: str) -> str:
    if not argument.startswith("--"):
        return argument
    name, equals, value = argument.partition("=")
    return name.replace("_", "-") + equals + value


def above_zero(kind: type, most: float = 1e12) -> Callable[[str], Any]:
    """For argparse: a number of this type, above 0 and at most `most`."""

    def parse(text: str) -> Any:
        value = kind(text)
        if not value > 0:
            raise argparse.ArgumentTypeError(f"a number above 0 is expected; got {text[:40]}")
        if value > most:
            raise argparse.ArgumentTypeError(f"a number up to {most:g} is expected; got {text[:40]}")
        return value

    parse.__name__ = kind.__name__  # argparse names it when `kind` refuses the text
    return parse


def seed(text: str) -> int:
    """For argparse: what every recipe takes, in every command, on the page and in a PNG."""
    value = int(text)
    if not 0 <= value <= MOST_SEED:
        raise argparse.ArgumentTypeError(f"a whole number from 0 to {MOST_SEED}; got {text[:40]}")
    return value


def add_language(parser: Any) -> None:
    """`--lang`, for a page. parser: or one of its groups."""
    parser.add_argument(
        "--lang",
        default=SOURCE,
        choices=languages(),
        help="language of the page: English, or that of another catalogue of words",
    )
