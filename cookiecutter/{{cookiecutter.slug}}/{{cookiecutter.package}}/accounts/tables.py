{% if cookiecutter.auth %}
"""Users, and the tokens that prove for a time who somebody is."""

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from {{ cookiecutter.package }}.database import Base


class User(Base, kw_only=True):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200), repr=False)


class Token(Base, kw_only=True):
    """Only its hash is kept: who reads the table can use none of them."""

    __tablename__ = "user_tokens"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True, repr=False)
    expires: Mapped[int] = mapped_column(BigInteger)
{% endif %}
