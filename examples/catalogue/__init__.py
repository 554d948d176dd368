"""All examples, in the order in which they are shown; each group has a module of its own."""

from dataclasses import replace

from examples.catalogue import begin, data, files, forms, lists, real, time, together
from examples.catalogue.example import Example

GROUPS = {
    "begin": ("First steps", begin.EXAMPLES),
    "forms": ("Forms", forms.EXAMPLES),
    "lists": ("Lists and tables", lists.EXAMPLES),
    "files": ("Files", files.EXAMPLES),
    "together": ("Together", together.EXAMPLES),
    "data": ("Data", data.EXAMPLES),
    "time": ("What takes its time", time.EXAMPLES),
    "real": ("Whole applications", real.EXAMPLES),
}
TITLES = {name: title for name, (title, those) in GROUPS.items() if those}
EXAMPLES = [replace(each, group=group) for group, (_, those) in GROUPS.items() for each in those]
BY_SLUG = {example.slug: example for example in EXAMPLES}


def neighbour(example: Example, by: int) -> Example:
    """Return the example that stands some places further; the last one is before the first."""
    return EXAMPLES[(EXAMPLES.index(example) + by) % len(EXAMPLES)]


def other_ways(example: Example) -> list[Example]:
    """Return the examples that do the same in another way."""
    return [
        other
        for other in EXAMPLES
        if other.subject and other.subject == example.subject and other != example
    ]


__all__ = ["BY_SLUG", "EXAMPLES", "TITLES", "Example", "neighbour", "other_ways"]
