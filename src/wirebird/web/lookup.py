"""Finds files where the module that names them is: in a folder, or in a zipped package.

The rule: a file that is not there is an error at the start, and one file is one under every
spelling of its path.
"""

from __future__ import annotations

import posixpath
import sys
import zipimport
from pathlib import Path
from typing import Any, TypeAlias
from zipfile import Path as ZipPath

from wirebird.errors import WirebirdError

File: TypeAlias = Path | ZipPath


class AssetNotFound(WirebirdError, FileNotFoundError):
    """A script, a style or a folder that an application names is not there."""


def folder_of(module: Any) -> File | None:
    """Return the folder of a module; None for one that was typed in or made at run time."""
    file = getattr(module, "__file__", None)
    if not file:
        return None
    folder = Path(file).absolute().parent
    loader = getattr(getattr(module, "__spec__", None), "loader", None)
    if isinstance(loader, zipimport.zipimporter):
        inside = folder.relative_to(Path(loader.archive).absolute()).as_posix()
        return ZipPath(loader.archive, "" if inside == "." else f"{inside}/")
    return folder


def folder_of_caller() -> File | None:
    """Return the folder of the module outside this package that called it."""
    frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
    while frame is not None:
        name = frame.f_globals.get("__name__", "")
        if name != "wirebird" and not name.startswith("wirebird."):
            module = sys.modules.get(name)
            file = frame.f_globals.get("__file__")
            if module is not None and getattr(module, "__file__", None) == file:
                return folder_of(module)
            return Path(file).absolute().parent if file else None
        frame = frame.f_back
    return None


def find(name: str | Path, folder: File | None) -> File:
    """Return the file that a module in `folder` means.

    Raises:
        AssetNotFound: There is none.
    """
    if Path(name).is_absolute():
        file: File = Path(name)
    elif folder is None:
        file = Path.cwd() / name
    else:
        file = beside(folder / "_", str(name))
    if not file.is_file():
        raise AssetNotFound(
            f"there is no file {str(name)!r} in {folder or file.parent}: files are looked for"
            " beside the module that names them; give a path from there, or a whole one"
        )
    return one_spelling(file)


def found_folder(name: str | Path, folder: File | None, *, must_exist: bool = False) -> Path:
    """Return the folder that a module in `folder` means.

    Raises:
        AssetNotFound: There is none, and there must be one.
    """
    here = folder / str(name) if folder is not None else Path(name)
    if here.is_dir() and not (must_exist and isinstance(here, ZipPath)):
        return Path(str(here))
    if must_exist:
        raise AssetNotFound(f"there is no folder {str(name)!r} in {folder or Path.cwd()}")
    return Path(name)


def beside(file: File, reference: str) -> File:
    """Return what a relative reference within a file means."""
    if isinstance(file, Path):
        return file.parent / reference
    place = posixpath.normpath(posixpath.join(posixpath.dirname(file.at), reference))
    return ZipPath(file.root, place)


def one_spelling(file: File) -> File:
    """Return the same file under the one spelling of its path that all others lead to."""
    return file.resolve() if isinstance(file, Path) else file


def key_of(file: File) -> str:
    """Return what tells a file from others."""
    return str(one_spelling(file))
