"""`live_file_input`, `live_img_preview` and `upload_errors`: what a page shows of its uploads."""

from __future__ import annotations

from typing import Any

from wirebird.components.library import ClassNames, Markups, tag
from wirebird.html.attributes import class_names
from wirebird.html.fragment import Fragment
from wirebird.uploads.entry import UploadEntry, UploadProblem
from wirebird.uploads.upload import Upload

_html = Markups("uploads.html")
_TAKES = ("capture", "disabled", "form", "required")
_PREVIEW_TAKES = ("alt", "height", "loading", "width")


def live_file_input(
    upload: Upload, *, directory: bool = False, class_: ClassNames = None, **attributes: Any
) -> Fragment:
    """The input that lets the visitor choose the files of an upload. It stands in a form.

    Args:
        upload: The upload: `uploads.photos`.
        directory: Whether a whole folder is chosen; each entry's `client_relative_path` says where
            in it the file is.
        class_: Classes; it has none of its own.
        attributes: More attributes, such as `aria_label`, `required`, `capture`.

    Raises:
        ComponentError: An attribute is one that the browser's script needs as it is, such as `id`.

    Example:
        ```jinja
        <form id="album" phx-change="check" phx-submit="save">
          <label for="{{ uploads.photos.ref }}">Photos</label>
          {{ ui.live_file_input(uploads.photos) }}
        </form>
        ```
    """
    entries = upload.entries
    own: dict[str, Any] = {
        "id": upload.ref,
        "class": class_names(class_) or None,
        "type": "file",
        "name": upload.name,
        "accept": upload.accept.attribute or None,
        "multiple": upload.max_entries > 1,
        "webkitdirectory": directory,
        "data-phx-hook": "Phoenix.LiveFileUpload",
        "data-phx-upload-ref": upload.ref,
        "data-phx-active-refs": _refs(entries),
        "data-phx-done-refs": _refs([entry for entry in entries if entry.done]),
        "data-phx-preflighted-refs": _refs([entry for entry in entries if entry.preflighted]),
        "data-phx-error-refs": ",".join(dict.fromkeys(ref for ref, _ in upload.problems)) or None,
        "data-phx-auto-upload": upload.auto_upload,
    }
    return _html.control(tag(live_file_input, own, attributes, _TAKES))


def live_img_preview(
    entry: UploadEntry, *, id: str | None = None, class_: ClassNames = None, **attributes: Any
) -> Fragment:
    """A picture that was chosen, shown by the browser before it is sent.

    Args:
        entry: The entry.
        id: Its id; where an entry is shown twice, each needs its own.
        class_: More classes.
        attributes: More attributes, such as `alt`, `width`, `height`, `loading`.

    Example:
        ```jinja
        {% for entry in uploads.photos.entries %}
        <li :key="{{ entry.ref }}">{{ ui.live_img_preview(entry, alt=entry.client_name) }}</li>
        {% endfor %}
        ```
    """
    own = {
        "id": id or f"phx-preview-{entry.ref}",
        "class": class_names(class_),
        "data-phx-upload-ref": entry.upload_ref,
        "data-phx-entry-ref": entry.ref,
        "data-phx-hook": "Phoenix.LiveImgPreview",
        "phx-update": "ignore",
    }
    return _html.preview(tag(live_img_preview, own, attributes, _PREVIEW_TAKES))


def upload_errors(upload: Upload, entry: UploadEntry | None = None) -> tuple[UploadProblem, ...]:
    """Return what is wrong with an upload as a whole, or with one of its entries.

    Args:
        upload: The upload.
        entry: One of its entries.

    Returns:
        Names such as "too_large", each with a `message` for people.

    Example:
        ```jinja
        {% for error in ui.upload_errors(uploads.photos, entry) %}
        <p>{{ error.message }}</p>
        {% endfor %}
        ```
    """
    return upload.errors if entry is None else entry.errors


def _refs(entries: list[UploadEntry]) -> str:
    return ",".join(entry.ref for entry in entries)
