"""Whole small applications."""

from examples.catalogue.example import Example

EXAMPLES: list[Example] = []
