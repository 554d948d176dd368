"""Rows of a loop as expressions, where evaluating them twice, or never, makes no difference.

The rule: what is not known to be without effects and to depend on its item and on names only is
left to the loops that run statement by statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from keyword import iskeyword
from typing import Any

from jinja2 import nodes
from jinja2.compiler import Frame
from jinja2.filters import FILTERS
from jinja2.tests import TESTS

from wirebird.html.jinja.bodies import Body, BodyGenerator, blocks_of
from wirebird.html.scanner import Context

_PURE_FILTERS = frozenset(
    {
        "abs", "capitalize", "d", "default", "e", "escape", "filesizeformat", "float", "format",
        "int", "length", "count", "lower", "replace", "round", "string", "title", "trim",
        "truncate", "upper", "urlencode", "wordcount",
    }
)  # fmt: skip
_PURE_TESTS = frozenset(
    {
        "boolean", "defined", "divisibleby", "eq", "equalto", "==", "even", "false", "ge", ">=",
        "gt", "greaterthan", ">", "in", "integer", "le", "<=", "lower", "lt", "lessthan", "<",
        "mapping", "ne", "!=", "none", "number", "odd", "string", "true", "undefined", "upper",
    }
)  # fmt: skip
_PURE = (
    nodes.Getattr,
    nodes.BinExpr,
    nodes.UnaryExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.CondExpr,
    nodes.Concat,
    nodes.Keyword,
)


class RowGenerator(BodyGenerator):
    """Jinja's code generator, as far as it writes whole rows as one expression."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._direct = False  # whether attributes are taken without asking for items

    @staticmethod
    def _row(body: Body, key: tuple[int, str] | None, added: Iterable[str] = ()) -> str:
        row = [*body.dynamics]
        if key is not None and key[0] == len(row):
            row.append(key[1])
        row += added
        return f"({''.join(f'{value}, ' for value in row)})"

    def _key(self, body: Body, frame: Frame) -> tuple[int, str] | None:
        """Return the position of the rows' key in the row and, when it is new, its source."""
        parts = body.scanner.key
        if parts is None:
            return None
        if not parts:
            self.fail('the :key is empty: write :key="{{ row.id }}"', body.line)
        if not any(isinstance(part, nodes.Node) for part in parts):
            shown = "".join(map(str, parts))
            self.fail(
                f"the :key {shown!r} is the same in each row: write a value, {{{{ row.id }}}}; that"
                " of Alpine is written x-bind:key, and Vue's v-bind:key",
                body.line,
            )
        if len(parts) == 1 and isinstance(parts[0], (nodes.Name, nodes.Getattr)):
            for position, value in enumerate(body.values):
                if value == parts[0]:
                    return position, ""
        return len(body.dynamics), self._key_source(parts, frame)

    def _key_source(self, parts: Sequence[Any], frame: Frame) -> str:
        pieces = [
            repr(part) if isinstance(part, str) else self._source(part, frame) for part in parts
        ]
        return f"keep_key({', '.join(pieces)})"

    def _is_simple_loop(self, node: nodes.For, frame: Frame) -> bool:
        return (
            isinstance(node.target, nodes.Name)
            and self.environment.finalize is None
            and not self.environment.sandboxed
            and not frame.eval_ctx.volatile
            and not frame.require_output_check
            and self._simple_body(node.body)
        )

    def _simple_body(self, body: Iterable[nodes.Node]) -> bool:
        for node in body:
            if isinstance(node, nodes.Output):
                if not all(
                    isinstance(child, nodes.TemplateData) or self._simple(child)
                    for child in node.nodes
                ):
                    return False
            elif isinstance(node, nodes.If):
                if not (
                    self._simple(node.test)
                    and self._simple_body(node.body)
                    and self._simple_body(node.else_)
                    and all(
                        self._simple(elif_.test) and self._simple_body(elif_.body)
                        for elif_ in node.elif_
                    )
                ):
                    return False
            else:
                return False
        return True

    def _simple(self, node: nodes.Node) -> bool:
        """Tell whether evaluating an expression twice, or never, makes no difference."""
        if isinstance(node, (nodes.Const, nodes.Name)):
            return True
        if isinstance(node, nodes.Filter):
            known = self.environment.filters.get(node.name)
            if node.name not in _PURE_FILTERS or known is not FILTERS[node.name]:
                return False
        elif isinstance(node, nodes.Test):
            known = self.environment.tests.get(node.name)
            if node.name not in _PURE_TESTS or known is not TESTS[node.name]:
                return False
        elif not isinstance(node, _PURE):
            return False
        return all(self._simple(child) for child in node.iter_child_nodes())

    def _row_expression(self, body_nodes: Iterable[nodes.Node], frame: Frame, body: Body) -> None:
        """Fill a simple body with the sources of its dynamics, as expressions."""
        for node in body_nodes:
            if isinstance(node, nodes.If):
                self._if_expression(node, frame, body)
                continue
            assert isinstance(node, nodes.Output)
            for child in node.nodes:
                text = self._constant_text(child, frame)
                if text is None:
                    self._value_expression(child, frame, body)
                else:
                    self._output_text(text, child)

    def _value_expression(self, child: nodes.Expr, frame: Frame, body: Body) -> None:
        context = self._value_context(child)
        if context is Context.KEY:
            assert body.scanner.key is not None
            body.scanner.key.append(child)
            return
        keeper = self._keeper(context, frame)
        source = self._source(child, frame)
        if frame.eval_ctx.autoescape and context in (Context.TEXT, Context.ATTRIBUTE):
            body.add(f"(v if type(v := {source}) in PLAIN else {keeper}(v))", child, keeper)
        else:
            body.add(f"{keeper}({source})")

    def _if_expression(self, node: nodes.If, frame: Frame, outer: Body) -> None:
        self._gap(node.lineno, *blocks_of(node))
        start = outer.scanner.branch()
        branches: list[Body] = []
        branch_frame = frame.soft()

        def branch(body_nodes: Sequence[nodes.Node], line: int) -> str:
            with self._in_body(start.branch(), line) as body:
                self._row_expression(body_nodes, branch_frame, body)
                self._end(body)
                branches.append(body)
                return self._branch_value(body)

        source = f"({branch(node.body, node.lineno)} if {self._source(node.test, frame)} else "
        for elif_ in node.elif_:
            value = branch(elif_.body, elif_.lineno)
            source += f"{value} if {self._source(elif_.test, frame)} else "
        source += branch(node.else_, node.else_[0].lineno) if node.else_ else "''"
        self._go_on_after(outer, branches, complete=bool(node.else_), line=node.lineno)
        outer.add(f"{source})")

    def _dependencies(
        self, node: nodes.For, frame: Frame
    ) -> tuple[list[str], tuple[str, ...] | None]:
        """Return what a row depends on: outer names, and the attributes of its item.

        The attributes are None when a row may depend on more than that.
        """
        assert isinstance(node.target, nodes.Name)
        target = node.target.name
        names: set[str] = set()
        outer: set[str] = set()
        whole = False

        def visit(child: nodes.Node) -> bool:
            nonlocal whole
            if isinstance(child, nodes.Getattr):
                if isinstance(child.node, nodes.Name) and child.node.name == target:
                    names.add(child.attr)
                    return True
                return False
            if isinstance(child, nodes.Name):
                if child.name == target:
                    whole = True
                else:
                    outer.add(frame.symbols.ref(child.name))
                return True
            return all(visit(grandchild) for grandchild in child.iter_child_nodes())

        if not all(visit(child) for child in node.body) or (whole and names):
            return [], None
        return sorted(outer), tuple(sorted(names))

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        attr = node.attr
        if self._direct and is_plain_name(attr):
            self.visit(node.node, frame)
            self.write(f".{attr}")
            return
        super().visit_Getattr(node, frame)


def is_plain_name(name: str) -> bool:
    """Tell whether a name means the same in Python's code as in Jinja's."""
    return (
        name.isascii() and name.isidentifier() and not iskeyword(name) and not name.startswith("__")
    )
