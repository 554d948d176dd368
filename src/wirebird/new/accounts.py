"""The files of accounts: `wirebird new --auth` begins with them, and `wirebird gen auth` adds them.

The rule: they know no name but that of the project's package, which stands in them as PACKAGE_MARK.
"""

from __future__ import annotations

from importlib.resources import files

_FILES = files(__package__) / "auth"
_MODULES = ("tables", "tokens", "passwords", "attempts", "forms", "guards", "letters", "routes")
_VIEWS = ("sign_up", "log_in", "forgot_password", "reset_password", "account")

PACKAGE_MARK = "[[ package ]]"


def account_files(package: str) -> dict[str, str]:
    """Return the files by their paths.

    Args:
        package: The project's package; PACKAGE_MARK for files that are filled in later.
    """
    places = {f"{package}/accounts/{name}.py": f"{name}.py" for name in _MODULES}
    for name in _VIEWS:
        for kind in ("py", "html"):
            places[f"{package}/views/{name}.{kind}"] = f"{name}.{kind}"
    places[f"{package}/views/enter.html"] = "enter.html"
    places[f"{package}/mailer.py"] = "mailer.py"
    places["tests/test_accounts.py"] = "test_accounts.py"
    made = {path: _text(name).replace(PACKAGE_MARK, package) for path, name in places.items()}
    made[f"{package}/accounts/__init__.py"] = '"""Who somebody is, and how they prove it."""\n'
    return made


def _text(name: str) -> str:
    return (_FILES / f"{name}.jinja").read_text(encoding="utf-8")
