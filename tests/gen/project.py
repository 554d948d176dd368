"""A small project of the layout that `wirebird new --database` makes, to generate into."""

from __future__ import annotations

from pathlib import Path

FILES = {
    "pyproject.toml": """\
[project]
name = "shop"
version = "0"
requires-python = ">=3.11"

[tool.ruff]
line-length = 100

[tool.ruff.lint]
select = ["ASYNC", "B", "E", "F", "I", "PT", "RUF", "SIM", "UP", "W"]
ignore = ["RUF001", "RUF002", "RUF003"]

[tool.pyright]
include = ["shop", "tests"]
typeCheckingMode = "strict"

[tool.mypy]
strict = true

[tool.pytest.ini_options]
asyncio_mode = "auto"
asyncio_default_fixture_loop_scope = "function"
pythonpath = ["."]
filterwarnings = ["error"]
""",
    "shop/__init__.py": '"""A shop."""\n',
    "shop/views/__init__.py": '"""Its pages."""\n',
    "tests/__init__.py": '"""Its tests."""\n',
    "shop/app.py": '''\
"""The application."""

from wirebird import Wirebird

from shop.database import lifespan
from shop.views.home import HomeView

app = Wirebird(title="Shop", lifespan=lifespan)
app.live("/", HomeView)
''',
    "shop/views/home.py": '''\
"""The first page."""

from wirebird import LiveView


class HomeView(LiveView):
    html = "<h1>Shop</h1>"
''',
    "shop/database.py": '''\
"""The database."""

import os
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass
from wirebird import Depends, Wirebird

engine = create_async_engine(os.environ.get("DATABASE_URL") or "sqlite+aiosqlite:///shop.db")
open_session = async_sessionmaker(engine, expire_on_commit=False)


class Base(MappedAsDataclass, DeclarativeBase):
    """What all tables have in common."""


async def session() -> AsyncIterator[AsyncSession]:
    """Open a transaction for one handler."""
    async with open_session.begin() as session:
        yield session


Database = Annotated[AsyncSession, Depends(session)]


@asynccontextmanager
async def lifespan(app: Wirebird) -> AsyncGenerator[None]:
    """Make the tables that are missing."""
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield
    await engine.dispose()
''',
    "tests/conftest.py": '''\
"""What the tests share."""

import os
import tempfile
from collections.abc import AsyncIterator

os.environ["WIREBIRD_SECRET_KEY"] = "a key that only the tests sign with"
os.environ["DATABASE_URL"] = f"sqlite+aiosqlite:///{tempfile.mkdtemp()}/test.db"

import pytest
from wirebird.testing import LiveClient

from shop.app import app
from shop.database import Base, engine


@pytest.fixture
async def client() -> AsyncIterator[LiveClient]:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
    async with LiveClient(app) as client:
        yield client
''',
}


def write_project(folder: Path) -> Path:
    """Write the project and return its folder."""
    for path, text in FILES.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return folder
