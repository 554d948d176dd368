"""Removes what this project does not have: those of its files that came out empty."""

from contextlib import suppress
from pathlib import Path

OPTIONAL = [
    ".agents/skills/wirebird/SKILL.md",
    "{{cookiecutter.package}}/accounts/tables.py",
    "{{cookiecutter.package}}/accounts/tokens.py",
    "{{cookiecutter.package}}/accounts/passwords.py",
    "{{cookiecutter.package}}/accounts/attempts.py",
    "{{cookiecutter.package}}/accounts/forms.py",
    "{{cookiecutter.package}}/accounts/guards.py",
    "{{cookiecutter.package}}/accounts/letters.py",
    "{{cookiecutter.package}}/accounts/routes.py",
    "{{cookiecutter.package}}/views/sign_up.py",
    "{{cookiecutter.package}}/views/sign_up.html",
    "{{cookiecutter.package}}/views/log_in.py",
    "{{cookiecutter.package}}/views/log_in.html",
    "{{cookiecutter.package}}/views/forgot_password.py",
    "{{cookiecutter.package}}/views/forgot_password.html",
    "{{cookiecutter.package}}/views/reset_password.py",
    "{{cookiecutter.package}}/views/reset_password.html",
    "{{cookiecutter.package}}/views/account.py",
    "{{cookiecutter.package}}/views/account.html",
    "{{cookiecutter.package}}/views/enter.html",
    "{{cookiecutter.package}}/mailer.py",
    "tests/test_accounts.py",
    "{{cookiecutter.package}}/accounts/__init__.py",
    "assets/app.css",
    "{{cookiecutter.package}}/app.css",
    "{{cookiecutter.package}}/database.py",
    "{{cookiecutter.package}}/models.py",
    "package.json",
    "pyproject.toml",
    "requirements-dev.txt",
    "requirements.txt",
]

for path in map(Path, OPTIONAL):
    if not path.read_text(encoding="utf-8").strip():
        path.unlink()
        with suppress(OSError):  # there is more in it
            for folder in path.parents:
                folder.rmdir()
