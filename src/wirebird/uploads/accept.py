"""`Accept`: which files an upload takes, by extension and by media type.

The rule: what the browser says of a file's type is believed only as far as the file's name does
not say otherwise.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterable

_EXTENSION = re.compile(r"\.[^\s./\\,]+(\.[^\s./\\,]+)*")
_MEDIA_TYPE = re.compile(r"[\w.+-]+/([\w.+-]+|\*)")


class Accept:
    """Extensions and media types, as in the `accept` of a file input.

    Args:
        accepted: "any", or extensions (".jpg") and media types ("image/png", "image/*").

    Raises:
        ValueError: One is neither.
    """

    __slots__ = ("_extensions", "_types", "attribute")

    def __init__(self, accepted: str | Iterable[str]) -> None:
        specifiers = [accepted] if isinstance(accepted, str) else list(accepted)
        if specifiers == ["any"]:
            specifiers = []
        elif not specifiers:
            raise ValueError('an upload accepts something: name extensions, or "any"')
        self._extensions = tuple(name.lower() for name in specifiers if name.startswith("."))
        self._types = tuple(name.lower() for name in specifiers if not name.startswith("."))
        for name in specifiers:
            if (_EXTENSION if name.startswith(".") else _MEDIA_TYPE).fullmatch(name) is None:
                raise ValueError(
                    f'{name!r} is neither an extension (".jpg") nor a media type ("image/jpeg",'
                    ' "image/*")'
                )
        self.attribute = ",".join(specifiers)

    def admits(self, name: str, media_type: str) -> bool:
        """Tell whether a file of that name, which the browser takes for that type, is accepted."""
        if not self.attribute:
            return True
        if self._extensions and name.lower().endswith(self._extensions):
            return True
        if not self._types or not self._covers(media_type.lower()):
            return False
        by_name = mimetypes.guess_type(name)[0]
        return by_name is None or self._covers(by_name)

    def _covers(self, media_type: str) -> bool:
        kind = media_type.partition("/")[0]
        return any(
            accepted == media_type or (accepted.endswith("/*") and accepted[:-2] == kind)
            for accepted in self._types
        )
