"""Which language a visitor is spoken to in: the one place that reads Accept-Language."""

import functools

from starlette.requests import HTTPConnection

from workbench.base.languages import SOURCE, languages


def negotiated(accepted: str | None) -> str:
    """The best of the catalogues for an Accept-Language header, by its order of preference; English where none fits.

    `zh` and every Chinese get the Chinese that there is, likewise for other languages.
    """
    return _negotiated(accepted or "", languages())


def language_of(request: HTTPConnection) -> str:
    """The visitor's language."""
    return negotiated(request.headers.get("accept-language"))


@functools.lru_cache(256)
def _negotiated(accepted: str, known: tuple[str, ...]) -> str:
    from babel.core import negotiate_locale
    from werkzeug.datastructures import LanguageAccept
    from werkzeug.http import parse_accept_header

    wanted = [tag for tag, quality in parse_accept_header(accepted, LanguageAccept) if quality > 0]
    # `negotiate_locale` widens zh-Hant-HK to nothing: a tag's language stands behind it
    preferred = [one for tag in wanted for one in (tag, tag.split("-")[0])]
    whole = {tag.split("-")[0]: tag for tag in reversed(known)}
    return negotiate_locale(preferred, known, sep="-", aliases=whole) or SOURCE
