{% if cookiecutter.database %}
"""The database: a file of SQLite, or what DATABASE_URL names.

A view asks for it in its signature, `async def mount(self, database: Database)`. What one handler
does is one transaction: kept when the handler is done, and undone when it fails.
"""

import os
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass
from wirebird import Depends, Wirebird

engine = create_async_engine(os.environ.get("DATABASE_URL") or "sqlite+aiosqlite:///app.db")
# Views keep what they have read: it must not be read again after each transaction.
open_session = async_sessionmaker(engine, expire_on_commit=False)


class Base(MappedAsDataclass, DeclarativeBase):
    """What every table's class is made of."""


async def session() -> AsyncIterator[AsyncSession]:
    """Give one handler its transaction."""
    async with open_session.begin() as opened:
        yield opened


Database = Annotated[AsyncSession, Depends(session)]
"""What views and handlers ask for."""


@asynccontextmanager
async def lifespan(app: Wirebird) -> AsyncGenerator[None]:
    """Make the tables that are missing, before anybody is served.

    Once there is data to keep, changes of tables are a task for Alembic.
    """
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield
    await engine.dispose()
{% endif %}
