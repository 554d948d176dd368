"""How generated code goes over loops: one row of dynamics per item.

The rule: a loop whose rows are mere values becomes one list comprehension, whose rows may be kept
between renders; every other loop runs statement by statement and shows the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from copy import copy
from typing import Any, cast

from jinja2 import nodes
from jinja2.compiler import CompilerExit, Frame, find_undeclared
from jinja2.idtracking import VAR_LOAD_RESOLVE

from wirebird.html.jinja.bodies import Body
from wirebird.html.jinja.rows import RowGenerator, is_plain_name
from wirebird.html.jinja.walking import is_named, nodes_below
from wirebird.html.scanner import Scanner
from wirebird.html.tree import MANY_ROWS

_NEEDS_LOOP_VARS = (
    nodes.Call,
    nodes.Assign,
    nodes.AssignBlock,
    nodes.CallBlock,
    nodes.Macro,
    nodes.Import,
    nodes.FromImport,
    nodes.Block,
    nodes.Include,
)


class _Loop:
    """A loop being compiled, for `break` and `continue` in it."""

    def __init__(self, first_body: int, stop: str) -> None:
        self.first_body = first_body
        self.stop = stop  # the variable that says that a row has ended early
        self.stops = False  # whether generated code sets it
        self.breaks = False


class LoopGenerator(RowGenerator):
    """Jinja's code generator, as far as it goes over loops."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._loops: list[_Loop | None] = []

    def visit_For(self, node: nodes.For, frame: Frame) -> None:
        below = nodes_below(node)
        for name in below:
            if isinstance(name, nodes.Name) and name.ctx == "store" and name.name == "loop":
                self.fail("Can't assign to special loop variable in for-loop target", name.lineno)
        loop_frame, test_frame, else_frame = frame.inner(), frame.inner(), frame.inner()
        loop_frame.loop_frame = True
        body_only = node.iter_child_nodes(only=("body",))
        extended = (
            node.recursive
            or (is_named("loop", below) and "loop" in find_undeclared(body_only, ("loop",)))
            or any(isinstance(each, nodes.Block) and each.scoped for each in below)
        )
        loop_ref = loop_frame.symbols.declare_parameter("loop") if extended else None
        loop_frame.symbols.analyze_node(node, for_branch="body")
        if node.else_:
            else_frame.symbols.analyze_node(node, for_branch="else")
        filter_name = self._loop_filter(node, loop_frame, test_frame) if node.test else None

        outer = self._body
        before = copy(outer.scanner)
        name = self._gap(node.lineno, node.body, node.else_)
        start = outer.scanner.branch(repeated=True)
        if node.recursive:
            self.writeline("def loop(reciter, loop_render_func, depth=0):", node)
            self.indent()
            result = self._dynamic()
        else:
            result = name
        if loop_ref:
            self.writeline(f"{loop_ref} = missing")
        self._load_before(loop_frame)
        body = None
        if not extended and self._is_simple_loop(node, frame):
            body = self._simple_loop(node, frame, loop_frame, filter_name, result, start)
        if body is None:
            body = self._general_loop(
                node, frame, loop_frame, loop_ref, filter_name, result, start.branch()
            )
        bodies = [body]
        if not node.recursive:
            self.leave_frame(loop_frame)
        if node.else_:
            self.writeline(f"if not r{result[1:]}:")
            self.indent()
            self.enter_frame(else_frame)
            with self._in_body(outer.scanner.branch(), node.lineno) as else_body:
                self.blockvisit(node.else_, else_frame)
                self._end(else_body)
                self.writeline(f"{result} = {self._branch_value(else_body)}")
            bodies.append(else_body)
            self.leave_frame(else_frame)
            self.outdent()
        shown = node.recursive or not all(body.empty for body in bodies)
        if node.recursive:
            self.writeline(f"return Fragment({result})")
            self.outdent()
            # What was noted above for a block is now filled by the result of a call.
            self.writeline(f"{name} = keep(loop(", node)
            self.visit(node.iter, frame)
            self.write(", loop))")
        if shown:
            self._go_on_after(outer, bodies, complete=False, line=node.lineno)
            outer.add(name)
        else:
            outer.scanner = before  # nothing is shown, only set
        if self._assign_stack:
            self._assign_stack[-1].difference_update(loop_frame.symbols.stores)

    def _loop_filter(self, node: nodes.For, loop_frame: Frame, test_frame: Frame) -> str:
        name = self.temporary_identifier()
        assert node.test is not None
        test_frame.symbols.analyze_node(node, for_branch="test")
        self.writeline(f"def {name}(fiter):", node.test)
        self.indent()
        self.enter_frame(test_frame)
        self.writeline("for ")
        self.visit(node.target, loop_frame)
        self.write(" in fiter:")
        self.indent()
        self.writeline("if ", node.test)
        self.visit(node.test, test_frame)
        self.write(":")
        self.indent()
        self.writeline("yield ")
        self.visit(node.target, loop_frame)
        self.outdent(3)
        self.leave_frame(test_frame, with_python_scope=True)
        return name

    def _load_before(self, frame: Frame) -> None:
        """Look names of the page up once before a loop rather than once per row."""
        symbols = frame.symbols
        for target, (action, name) in list(symbols.loads.items()):
            if action == VAR_LOAD_RESOLVE and name not in symbols.stores:
                self.writeline(f"{target} = {self.get_resolve_func()}({name!r})")
                del symbols.loads[target]

    def _general_loop(
        self,
        node: nodes.For,
        frame: Frame,
        loop_frame: Frame,
        loop_ref: str | None,
        filter_name: str | None,
        result: str,
        start: Scanner,
    ) -> Body:
        items, rows = f"i{result[1:]}", f"r{result[1:]}"
        self.writeline(f"{items} = ", node)
        if node.recursive:
            self.write("reciter")
        else:
            self.visit(node.iter, frame)
        self.writeline(f"{rows} = []")
        self.writeline("for ", node)
        self.visit(node.target, loop_frame)
        self.write(f", {loop_ref} in LoopContext(" if loop_ref else " in ")
        self.write(f"{filter_name}({items})" if filter_name else items)
        if loop_ref:
            more = ", loop_render_func, depth" if node.recursive else ""
            self.write(f", undefined{more})")
        self.write(":")
        with self._in_body(start, node.lineno) as body:
            key = self._rows(node, loop_frame, rows, body)
        self._write_loop(body, result, rows, key)
        if not body.empty:
            stream = f"{items}.rows({result}, {bool(node.else_)})"
            self.writeline(f"if isinstance({items}, Operations): {result} = {stream}")
            self.writeline(f"elif {items} is DROPPED: {result} = DROPPED")
        return body

    def _write_loop(self, body: Body, result: str, rows: str, key: tuple[int, str] | None) -> None:
        if body.empty:
            self.writeline(f"{result} = ''")
            return
        position = "" if key is None else f", {key[0]}"
        statics = self._statics(body)
        self.writeline(f"{result} = Comprehension({statics}, {rows}{position})")

    def _rows(
        self, node: nodes.For, loop_frame: Frame, rows: str, body: Body
    ) -> tuple[int, str] | None:
        """Write the body of a loop that appends to `rows`; return the key's place in a row."""
        self.indent()
        self.enter_frame(loop_frame)
        if any(isinstance(each, _NEEDS_LOOP_VARS) for each in nodes_below(node)):
            self.writeline("_loop_vars = {}")
        leaves = any(map(_may_leave, node.body))
        with self._in_loop(leaves) as loop:
            if leaves:
                self.writeline(f"{loop.stop} = ''")
            self.blockvisit(node.body, loop_frame)
        self._end(body, row=True)
        key = self._key(body, loop_frame)
        self.writeline(f"{rows}.append({self._row(body, key)})")
        if loop.breaks:
            self.writeline(f"if {loop.stop} == 'break': break")
        self.outdent()
        return key

    # break and continue

    @contextmanager
    def _in_loop(self, leaves: bool) -> Generator[_Loop, None, None]:
        loop = _Loop(len(self._bodies) - 1, self.temporary_identifier() if leaves else "")
        self._loops.append(loop)
        try:
            yield loop
        finally:
            self._loops.pop()

    def blockvisit(self, nodes: Iterable[nodes.Node], frame: Frame) -> None:
        """Visit statements; those that a `continue` leaves out are not run."""
        statements = list(nodes)
        try:
            self.writeline("pass")
            for index, node in enumerate(statements):
                self.visit(node, frame)
                loop = self._loops[-1] if self._loops else None
                if loop is None or not loop.stops or not _may_leave(node):
                    continue
                rest = statements[index + 1 :]
                if rest and not _always_leaves(node):
                    self._unless_stopped(loop, rest, frame)
                return
        except CompilerExit:
            pass

    def _unless_stopped(self, loop: _Loop, rest: list[nodes.Node], frame: Frame) -> None:
        outer = self._body
        before = copy(outer.scanner)
        line = rest[0].lineno
        name = self._gap(line)
        self.writeline(f"{name} = ''")
        self.writeline(f"if not {loop.stop}:")
        self.indent()
        with self._in_body(outer.scanner.branch(), line) as body:
            self.blockvisit(rest, frame)
            self._end(body)
            if not body.empty:
                self.writeline(f"{name} = {self._branch_value(body)}")
        self.outdent()
        if body.empty:
            outer.scanner = before
            return
        self._go_on_after(outer, [body], complete=False, line=line)
        outer.add(name)

    def visit_Continue(self, node: nodes.Continue, frame: Frame) -> None:
        self._leave_loop("continue", node)

    def visit_Break(self, node: nodes.Break, frame: Frame) -> None:
        self._leave_loop("break", node)

    def _leave_loop(self, statement: str, node: nodes.Node) -> None:
        loop = self._loops[-1] if self._loops else None
        if loop is None:
            self.fail(f"{{% {statement} %}} stands outside of a loop", node.lineno)
        if not any(body.has_output for body in self._bodies[loop.first_body :]):
            self.writeline(statement, node)
            return
        loop.stops = True
        loop.breaks = loop.breaks or statement == "break"
        self.writeline(f"{loop.stop} = {statement!r}", node)

    # Loops whose rows are mere values: one list comprehension, and rows that are kept.

    def _simple_loop(
        self,
        node: nodes.For,
        frame: Frame,
        loop_frame: Frame,
        filter_name: str | None,
        result: str,
        start: Scanner,
    ) -> Body | None:
        """Write a loop as a list comprehension; return None, nothing written, if it cannot be."""
        assert isinstance(node.target, nodes.Name)
        items, rows, kept = f"i{result[1:]}", f"r{result[1:]}", f"k{result[1:]}"
        target = loop_frame.symbols.ref(node.target.name)
        self._direct = True
        try:
            with self._in_body(start.branch(), node.lineno) as body:
                self._row_expression(node.body, loop_frame, body)
                self._end(body, row=True)
                key = self._key(body, loop_frame)
        finally:
            self._direct = False
        if body.empty:
            return None
        source = self._row(body, key)
        statics = self._statics(body)

        self.writeline(f"{items} = {filter_name}(" if filter_name else f"{items} = ", node)
        self.visit(node.iter, frame)
        if filter_name:
            self.write(")")
        self.writeline(f"if type({items}) is not list and {items} is not DROPPED:")
        self.indent()
        self.writeline(f"{items} = list({items})")
        self.outdent()
        self.writeline("try:")
        self.indent()
        comparison: tuple[str, ...] = ()
        outer, names = self._dependencies(node, loop_frame)
        if names is not None:
            self.writeline(f"def {kept}({target}): return {source}")
            outer_values = "".join(f"{name}, " for name in outer)
            comparison = self._comparison(node, target, names, body, key, result)
            more = f", RowComparison({', '.join(comparison)})" if comparison else ""
            self.writeline(
                f"{rows} = context.kept_rows({statics}, {items}, ({outer_values}), {names!r},"
                f" {kept}{more})"
            )
            self.writeline(f"if {rows} is None:")
            self.indent()
        self.writeline(f"{rows} = [{source} for {target} in {items}]", node)
        if comparison:
            self.write(
                f" if len({items}) < {MANY_ROWS} else Columns({comparison[0]}({items}, False))"
            )
        self.outdent(2 if names is not None else 1)
        # Some item is no object with attributes, or an expression fails: Jinja's longer way gives
        # the value, or the error with its line.
        self.writeline("except Exception:")
        self.indent()
        self.writeline(f"{rows} = None")
        self.outdent()
        self.writeline(f"if {rows} is None:")
        self.indent()
        self.writeline(f"{rows} = []")
        self.writeline(f"for {target} in {items}:")
        with self._in_body(start.branch(), node.lineno) as slow:
            self._rows(node, loop_frame, rows, slow)
        self.outdent()
        position = "" if key is None else f", {key[0]}"
        self.writeline(f"{result} = Comprehension({statics}, {rows}{position})")
        self.writeline(f"if {items} is DROPPED: {result} = DROPPED")
        return body

    def _comparison(
        self,
        node: nodes.For,
        target: str,
        names: tuple[str, ...],
        body: Body,
        key: tuple[int, str] | None,
        result: str,
    ) -> tuple[str, ...]:
        """Write what evaluates all rows, place by place, and what compares them with their items.

        An attribute that is only shown stands in its row already: as it is, when it cannot change.
        One that is asked for, or changed before it is shown, is added behind the row.
        """
        if not names or not all(map(is_plain_name, names)):
            return ()
        every, changed = f"e{result[1:]}", f"c{result[1:]}"
        shown = [_attribute(node.target, value) for value in body.values]
        uses = Counter(_attribute(node.target, part) for part in node.find_all(nodes.Getattr))
        if key is not None and key[0] < len(shown):  # the key is taken from where it is shown
            uses[shown[key[0]]] -= 1
        held = {name: shown.index(name) for name in names if 0 < uses[name] == shown.count(name)}
        added = [name for name in names if name not in held]

        self.writeline(f"def {every}(items, compared=True):")
        self.indent()
        for index, name in enumerate(names):
            if name in added or name in shown:
                self.writeline(f"a{index} = [{target}.{name} for {target} in items]")
        places = [
            f"shown_place(a{names.index(name)}, {keeper})"
            if name
            else f"[{source} for {target} in items]"
            for name, source, keeper in zip(shown, body.dynamics, body.keepers, strict=True)
        ]
        if key is not None and key[0] == len(shown):
            places.append(f"[{key[1]} for {target} in items]")
        self.writeline(f"places = [{', '.join(places)}]")
        for name in added:
            held[name] = len(places)
            places.append(name)
        if added:
            more = ", ".join(f"compared_place(a{names.index(name)})" for name in added)
            self.writeline(f"if compared: places += ({more},)")
        self.writeline("return places")
        self.outdent()

        # Few differ, so that it is cheaper to ask for their positions than to count along.
        self.writeline(f"def {changed}(items, places):")
        self.indent()
        self.writeline("last = len(items) - 1; items = iter(items); left = items.__length_hint__")
        values = ", ".join(f"w{place}" for place in held.values())
        columns = ", ".join(f"places[{place}]" for place in held.values())
        differs = " or ".join(f"{target}.{name} is not w{place}" for name, place in held.items())
        self.writeline(
            f"return [last - left() for {target}, {values} in zip(items, {columns}) if {differs}]"
        )
        self.outdent()
        return every, changed


def _attribute(item: nodes.Node, value: nodes.Node | None) -> str | None:
    """Return which attribute of a loop's item a value is, if it is one."""
    if not isinstance(value, nodes.Getattr) or not isinstance(value.node, nodes.Name):
        return None
    return value.attr if value.node.name == cast(nodes.Name, item).name else None


def _may_leave(node: nodes.Node) -> bool:
    """Tell whether a statement may `break` or `continue` the loop in which it stands."""
    if isinstance(node, (nodes.Break, nodes.Continue)):
        return True
    if isinstance(node, (nodes.Macro, nodes.CallBlock, nodes.Block)):
        return False
    children = node.else_ if isinstance(node, nodes.For) else node.iter_child_nodes()
    return any(map(_may_leave, children))


def _always_leaves(node: nodes.Node) -> bool:
    return isinstance(node, (nodes.Break, nodes.Continue))
