"""`wirebird gen auth`: accounts, from signing up to logging out everywhere, and their tests."""

from __future__ import annotations

from wirebird.gen.errors import GenerationError
from wirebird.gen.project import Project
from wirebird.gen.routes import Additions
from wirebird.gen.writing import Generated
from wirebird.new.accounts import account_files


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
    return Generated(
        account_files(package),
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
