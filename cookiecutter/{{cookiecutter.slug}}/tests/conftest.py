"""What all tests share: the application, with settings of their own{{ ", and an empty database" if cookiecutter.database }}."""

import os
{% if cookiecutter.database %}
import tempfile
{% endif %}
from collections.abc import AsyncIterator

import pytest_asyncio
from wirebird.testing import LiveClient

os.environ["WIREBIRD_SECRET_KEY"] = "a key that only the tests sign with"
{% if cookiecutter.database %}
_folder = tempfile.TemporaryDirectory()
os.environ["DATABASE_URL"] = f"sqlite+aiosqlite:///{_folder.name}/test.db"
{% endif %}

# Only now: they read the settings.
from {{ cookiecutter.package }}.app import app{{ "  # noqa: E402" if cookiecutter.database }}
{% if cookiecutter.database %}
from {{ cookiecutter.package }}.database import Base, engine  # noqa: E402


@pytest_asyncio.fixture(autouse=True)
async def empty_database() -> None:
    """Let every test begin with empty tables."""
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
        await connection.run_sync(Base.metadata.create_all)
    await engine.dispose()
{% endif %}


@pytest_asyncio.fixture
async def client() -> AsyncIterator[LiveClient]:
    """A visitor of the application."""
    async with LiveClient(app) as visitor:
        yield visitor
