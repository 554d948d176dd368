"""All exceptions of ours have one base, and those that reach an application are exported."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator

import wirebird
from wirebird import components, instruments, s3, testing

PUBLIC = (wirebird, components, instruments, s3, testing)

INSIDE = {
    "CommandError", "Failure", "GenerationError", "LoadError", "ProjectError",  # the command's
    "Unreadable",  # `wirebird check` says nothing of such a script
    "UnstorableState",  # a ViewDefinitionError
    "_Cut",  # the store tries again, or is unavailable
    "Opaque",  # the props count as changed
    "NoTextError",  # becomes a FormDefinitionError, or the value is shown otherwise
    "FrameError", "MalformedEvent", "MalformedUpload", "ParamsError", "UnknownEvent",  # a client's
    "SignatureInvalid", "TokenError", "TokenExpired", "TokenInvalid",  # mistakes
    "MarkupMismatch",  # becomes a MarkupError, which knows the file
    "UnknownMessage", "MalformedMessage",  # another process's
    "UnstorableError",  # becomes a ViewDefinitionError, or a line in the log
    "UnfitError", "SnapshotRefused", "SealError",  # the view begins anew
    "CrashRequested",  # ends the view that was to crash
    "TransferEnded", "TransferRefused", "TransportClosed",  # signals
}  # fmt: skip
"""Exceptions that end within the package."""


def exceptions() -> Iterator[type[BaseException]]:
    for module in pkgutil.walk_packages(wirebird.__path__, "wirebird."):
        if "tstring" in module.name and sys.version_info < (3, 14):
            continue
        if module.name == "wirebird.__main__":
            continue
        for value in vars(importlib.import_module(module.name)).values():
            if not isinstance(value, type) or value.__module__ != module.name:
                continue
            if issubclass(value, BaseException):
                yield value


def test_whoever_catches_the_base_catches_them_all():
    found = list(exceptions())
    assert wirebird.NavigationError in found
    assert [error for error in found if not issubclass(error, wirebird.WirebirdError)] == []


def test_what_reaches_an_application_is_exported():
    exported = [value for package in PUBLIC for value in vars(package).values()]
    assert {error.__name__ for error in exceptions() if error not in exported} == INSIDE
