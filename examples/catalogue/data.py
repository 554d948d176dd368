"""Charts, maps, tables: what there is to know, drawn."""

from examples.catalogue.example import Example

EXAMPLES: list[Example] = []
