{% if cookiecutter.auth %}
"""Who somebody is, and how they prove it."""
{% endif %}
