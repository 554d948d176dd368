"""`wirebird gen auth`: accounts, from signing up to logging out everywhere, and their tests."""

from __future__ import annotations

from wirebird.gen.errors import GenerationError
from wirebird.gen.project import Project
from wirebird.gen.routes import Additions
from wirebird.gen.writing import Generated, rendered

_MODULES = ("tables", "tokens", "passwords", "attempts", "forms", "guards", "letters", "routes")
_VIEWS = ("sign_up", "log_in", "forgot_password", "reset_password", "account")


def auth(project: Project) -> Generated:
    """Return the files of accounts.

    Args:
        project: The project.

    Raises:
        GenerationError: The project has no database.
    """
    package = project.package
    if not project.has_database:
        raise GenerationError(
            f"there is no {package}/database.py: `wirebird new --database` makes a project with one"
        )
    made = {f"{package}/accounts/{name}.py": f"auth/{name}.py.jinja" for name in _MODULES}
    for name in _VIEWS:
        for kind in ("py", "html"):
            made[f"{package}/views/{name}.{kind}"] = f"auth/{name}.{kind}.jinja"
    made[f"{package}/views/enter.html"] = "auth/enter.html.jinja"
    made[f"{package}/mailer.py"] = "auth/mailer.py.jinja"
    made["tests/test_accounts.py"] = "auth/test_accounts.py.jinja"
    files = {path: rendered(template, package=package) for path, template in made.items()}
    files[f"{package}/accounts/__init__.py"] = '"""Who somebody is, and how they prove it."""\n'
    return Generated(
        files,
        Additions(
            imports=((f"{package}.accounts.routes", ("add_accounts",)),),
            routes=("add_accounts(app)",),
        ),
        packages=("argon2-cffi",),
        hints=(
            "Its pages: /sign-up, /log-in, /forgot-password, /account.",
            f"Guard others with {package}.accounts.guards: `user: CurrentUser` in a signature, or",
            "`app.live_session(name, on_mount=[require_user])`.",
            f"In production, set BASE_URL, and let `deliver` in {package}/mailer.py send letters.",
        ),
    )
