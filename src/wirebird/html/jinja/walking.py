"""All nodes of a template's syntax tree, found once and quickly.

The rule: outer ones come before those within; Jinja's `find_all` goes through the whole tree for
each kind, by a generator in a generator for each level.
"""

from __future__ import annotations

from typing import Any, cast

from jinja2 import nodes


def is_named(name: str, below: list[nodes.Node]) -> bool:
    """Tell whether a name is among nodes, which is asked before Jinja's slow `find_undeclared`."""
    return any(isinstance(node, nodes.Name) and node.name == name for node in below)


def nodes_below(node: nodes.Node) -> list[nodes.Node]:
    """Return all nodes within one."""
    found = [node]
    for each in found:  # it grows
        for name in each.fields:
            value: Any = getattr(each, name, None)
            if isinstance(value, list):
                found += [one for one in cast("list[Any]", value) if isinstance(one, nodes.Node)]
            elif isinstance(value, nodes.Node):
                found.append(value)
    return found[1:]
