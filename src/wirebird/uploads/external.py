"""`ExternalUpload`: entries that the browser sends elsewhere, such as to object storage.

The rule: the server says where to, and looks for itself whether all has arrived.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wirebird.uploads.entry import UploadEntry


class ExternalUpload:
    """Where the browser sends an entry's bytes itself. Write `start`, and what else you need.

    The methods may be `def`, and then run in a thread, or `async def`.
    """

    def start(self, entry: UploadEntry) -> Any:
        """Return what the browser's uploader is told.

        Args:
            entry: The entry.

        Returns:
            A dict that JSON can express; its "uploader" is the name under which the page's
            uploaders have the function that sends the bytes.

        Raises:
            UploadError: It is refused; the text becomes one of the entry's errors.
        """
        raise NotImplementedError(f"{type(self).__name__} needs a start(self, entry)")

    def finish(self, entry: UploadEntry, meta: Mapping[str, Any]) -> Any:
        """Check, and complete, what the browser says it has sent.

        Args:
            entry: The entry.
            meta: What `start` returned.

        Raises:
            UploadError: It is not all there, or not what was announced.
        """

    def cancel(self, entry: UploadEntry, meta: Mapping[str, Any]) -> Any:
        """Remove what was sent so far: the visitor or the program has cancelled the entry.

        A connection that is lost cancels nothing, so that the upload can go on after it.
        """


class ExternalFunction(ExternalUpload):
    """An external upload that is only a function of the entry.

    Args:
        function: What `start` calls.
    """

    def __init__(self, function: Any) -> None:
        self.start = function
