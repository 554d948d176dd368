"""The application and its routes."""

{% if cookiecutter.tailwind %}
from pathlib import Path

{% endif %}
from wirebird import Wirebird

{% if cookiecutter.auth %}
from {{ cookiecutter.package }}.accounts.routes import add_accounts
{% endif %}
{% if cookiecutter.database %}
from {{ cookiecutter.package }}.database import lifespan
{% endif %}
from {{ cookiecutter.package }}.views.home import HomeView

app = Wirebird(
    title="{{ cookiecutter.title }}",
    layout="layout.html",
{% if cookiecutter.tailwind %}
    # What `make assets` has made; nothing before.
    styles=sorted((Path(__file__).parent / "built").glob("*.css")),
{% else %}
    styles=["app.css"],
{% endif %}
{% if cookiecutter.database %}
    lifespan=lifespan,
{% endif %}
)
app.live("/", HomeView)
{% if cookiecutter.auth %}
add_accounts(app)
{% endif %}
