{% if cookiecutter.auth %}
"""Letters. They go to the console: in production, let `deliver` hand them to your provider."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Letter:
    to: str
    subject: str
    text: str


async def deliver(letter: Letter) -> None:
    """Send a letter."""
    print(f"\nTo: {letter.to}\nSubject: {letter.subject}\n\n{letter.text}\n", flush=True)
{% endif %}
