"""{{ cookiecutter.title }}, a Wirebird application; `app.py` has it."""
