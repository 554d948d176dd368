{% if cookiecutter.database %}
"""The tables."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from {{ cookiecutter.package }}.database import Base


class Greeting(Base, kw_only=True):
    """Somebody was greeted."""

    __tablename__ = "greetings"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    name: Mapped[str] = mapped_column(String(80))
{% endif %}
