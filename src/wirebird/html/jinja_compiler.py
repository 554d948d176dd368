"""Compiles Jinja's own syntax tree into functions that return a render tree instead of text.

The rule: expressions, scopes, macros, filters and tests are Jinja's; only what writes output is
ours. Every body of statements becomes one `_Body`: literal text around named dynamics. Generated
code lives in `jinja_runtime`'s vocabulary: `d_n` are dynamics, `s_n` statics, `r_n` rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from io import StringIO
from keyword import iskeyword
from typing import Any, NoReturn

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, CompilerExit, EvalContext, Frame, find_undeclared
from jinja2.defaults import DEFAULT_FILTERS, DEFAULT_TESTS
from jinja2.idtracking import VAR_LOAD_PARAMETER, VAR_LOAD_RESOLVE
from jinja2.runtime import exported

from wirebird.html.scanner import Context, MarkupMismatch, Scanner

# Rows of these stand on lines of their own: the space between them is never shown.
_BLOCK_ROWS = frozenset(
    {
        "address", "article", "aside", "blockquote", "caption", "col", "colgroup", "dd", "details",
        "dialog", "div", "dl", "dt", "fieldset", "figure", "footer", "form", "h1", "h2", "h3",
        "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "optgroup", "option", "p",
        "pre", "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    }
)  # fmt: skip

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

_KEEPERS = {
    Context.URL: "keep_url",
    Context.STYLE: "keep_style",
    Context.ATTRIBUTES: "keep_attributes",
    Context.TAG_NAME: "keep_tag_name",
}
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


class _Body:
    """One piece of markup being compiled: the text so far and the dynamics between."""

    def __init__(self, scanner: Scanner, line: int) -> None:
        self.scanner = scanner
        self.line = line
        self.strings: list[str] = []
        self.dynamics: list[str] = []
        self.values: list[nodes.Expr | None] = []
        self.key_parts: list[Any] = []

    def add(self, name: str, value: nodes.Expr | None = None) -> None:
        self.strings.append(self.scanner.cut())
        self.dynamics.append(name)
        self.values.append(value)

    @property
    def empty(self) -> bool:
        return not self.dynamics and not self.scanner.text

    @property
    def has_output(self) -> bool:
        return bool(self.dynamics) or bool(self.scanner.text.strip())

    def finish(self, strip: bool = False) -> tuple[str, ...]:
        strings = [*self.strings, self.scanner.text]
        if strip:
            strings[0] = strings[0].lstrip()
            strings[-1] = strings[-1].rstrip()
        return tuple(strings)


class TreeCodeGenerator(CodeGenerator):
    """Jinja's code generator, with trees for output."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._bodies: list[_Body] = []
        self._constants: list[str] = []
        self._block_scanners: dict[str, Scanner] = {}
        self._direct = False
        self._dynamics = 0

    # Bodies

    @property
    def _body(self) -> _Body:
        return self._bodies[-1]

    @contextmanager
    def _in_body(self, scanner: Scanner, line: int) -> Iterator[_Body]:
        body = _Body(scanner, line)
        self._bodies.append(body)
        try:
            yield body
        finally:
            self._bodies.pop()

    def _mismatch(self, error: MarkupMismatch, line: int) -> NoReturn:
        self.fail(str(error), line)

    def _dynamic(self) -> str:
        self._dynamics += 1
        return f"d_{self._dynamics}"

    def _structure(self, line: int) -> str:
        """Make place for a block in the current body and return the name that it fills."""
        try:
            context = self._body.scanner.hole()
        except MarkupMismatch as error:
            self._mismatch(error, line)
        if context is Context.KEY:
            self.fail("a :key takes values only, no blocks", line)
        return self._dynamic()

    def _statics(self, body: _Body, root: bool, strip: bool = False) -> str:
        name = f"s_{len(self._constants) + 1}"
        source = f"{self.name or '<template>'}:{body.line}"
        self._constants.append(f"{name} = Statics({body.finish(strip)!r}, {root!r}, {source!r})")
        return name

    def _branch_value(self, body: _Body) -> str:
        """Return the expression for the tree of a branch."""
        strings = body.finish()
        if not body.dynamics:
            return f"({strings[0]!r},)" if strings[0] else "''"
        if strings == ("", ""):
            return body.dynamics[0]
        return f"({self._statics(body, body.scanner.is_root)}, {', '.join(body.dynamics)})"

    def _whole_value(self, body: _Body, strip: bool) -> str:
        """Return the expression for the tree of a function: always with statics of its own."""
        root = body.scanner.is_root
        statics = self._statics(body, root, strip=strip or root)
        return f"({', '.join([statics, *body.dynamics])},)"

    # Writing output: what Jinja yields, we name.

    def buffer(self, frame: Frame) -> None:
        frame.buffer = self.temporary_identifier()
        self._bodies.append(_Body(Scanner(), self._last_line))

    def return_buffer_contents(self, frame: Frame, force_unescaped: bool = False) -> None:
        body = self._bodies.pop()
        self.writeline(f"return {self._whole_value(body, strip=False)}")

    def start_write(self, frame: Frame, node: nodes.Node | None = None) -> None:
        name = self._structure(node.lineno if node else self._last_line)
        self._body.add(name)
        self.writeline(f"{name} = keep(", node)

    def end_write(self, frame: Frame) -> None:
        self.write(")")

    def write_commons(self) -> None:
        self.writeline("resolve = context.resolve_or_missing")
        self.writeline("undefined = environment.undefined")
        self.writeline("concat = environment.concat")
        self.writeline("cond_expr_undefined = Undefined")

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        eval_ctx = EvalContext(self.environment, self.name)
        self.writeline("from jinja2.runtime import " + ", ".join(sorted(exported)))
        self.writeline("from wirebird.html.jinja_runtime import *")
        environment = "" if self.defer_init else ", environment=environment"
        have_extends = node.find(nodes.Extends) is not None
        for block in node.find_all(nodes.Block):
            if block.name in self.blocks:
                self.fail(f"block {block.name!r} defined twice", block.lineno)
            self.blocks[block.name] = block
        for import_ in node.find_all(nodes.ImportedName):
            if import_.importname not in self.import_aliases:
                alias = self.import_aliases[import_.importname] = self.temporary_identifier()
                module, _, name = import_.importname.rpartition(".")
                source = f"from {module} import {name}" if module else f"import {name}"
                self.writeline(f"{source} as {alias}")
        self.writeline(f"name = {self.name!r}")

        self.writeline(f"def root(context, missing=missing{environment}):", extra=1)
        self.indent()
        self.write_commons()
        frame = Frame(eval_ctx)
        if "self" in find_undeclared(node.body, ("self",)):
            ref = frame.symbols.declare_parameter("self")
            self.writeline(f"{ref} = TreeTemplateReference(context)")
        frame.symbols.analyze_node(node)
        frame.toplevel = frame.rootlevel = True
        frame.require_output_check = have_extends
        if have_extends:
            self.writeline("parent_template = None")
        self.enter_frame(frame)
        self.pull_dependencies(node.body)
        with self._in_body(Scanner(), 1) as body:
            self.blockvisit(node.body, frame)
            if have_extends:
                self.writeline("if parent_template is not None:")
                self.indent()
                self.writeline("return parent_template.root_render_func(context)")
                self.outdent()
            self.writeline(f"return {self._whole_value(body, strip=True)}")
        self.outdent()

        for name, block in self.blocks.items():
            self._block_function(name, block, eval_ctx, environment)
        blocks = ", ".join(f"{name!r}: block_{name}" for name in self.blocks)
        self.writeline(f"blocks = {{{blocks}}}", extra=1)
        for constant in self._constants:
            self.writeline(constant)
        debug = "&".join(f"{line}={code_line}" for line, code_line in self.debug_info)
        self.writeline(f"debug_info = {debug!r}")

    def _block_function(
        self, name: str, block: nodes.Block, eval_ctx: EvalContext, environment: str
    ) -> None:
        self.writeline(f"def block_{name}(context, missing=missing{environment}):", block, 1)
        self.indent()
        self.write_commons()
        frame = Frame(eval_ctx)
        frame.block_frame = True
        undeclared = find_undeclared(block.body, ("self", "super"))
        if "self" in undeclared:
            ref = frame.symbols.declare_parameter("self")
            self.writeline(f"{ref} = TreeTemplateReference(context)")
        if "super" in undeclared:
            ref = frame.symbols.declare_parameter("super")
            self.writeline(f"{ref} = context.super({name!r}, block_{name})")
        frame.symbols.analyze_node(block)
        frame.block = name
        self.writeline("_block_vars = {}")
        self.enter_frame(frame)
        self.pull_dependencies(block.body)
        scanner = self._block_scanners.get(name, Scanner()).branch()
        with self._in_body(scanner, block.lineno) as body:
            self.blockvisit(block.body, frame)
            self.writeline(f"return {self._whole_value(body, strip=False)}")
        self.leave_frame(frame, with_python_scope=True)
        self.outdent()

    def visit_Output(self, node: nodes.Output, frame: Frame) -> None:
        if frame.require_output_check and self.has_known_extends:
            return
        finalize = self._make_finalize()
        for child in node.nodes:
            try:
                if not (finalize.const or isinstance(child, nodes.TemplateData)):
                    raise nodes.Impossible()
                text = self._output_child_to_const(child, frame, finalize)
            except Exception:
                self._output_value(child, frame)
            else:
                self._output_text(text, child)

    def _output_text(self, text: str, node: nodes.Expr) -> None:
        scanner = self._body.scanner
        try:
            scanner.feed(text)
        except MarkupMismatch as error:
            self._mismatch(error, node.lineno)

    def _output_value(self, child: nodes.Expr, frame: Frame) -> None:
        context = self._value_context(child)
        if context is Context.KEY:
            assert self._body.scanner.key is not None
            self._body.scanner.key.append(child)
            return
        name = self._dynamic()
        self._body.add(name, child if context in (Context.TEXT, Context.ATTRIBUTE) else None)
        keeper = self._keeper(context, frame)
        self.writeline(f"{name} = ", child)
        if keeper == "keep":
            self._visit_finalized(child, frame)
            self.writeline(f"if type({name}) not in PLAIN: {name} = keep({name})")
        else:
            self.write(f"{keeper}(")
            self._visit_finalized(child, frame)
            self.write(")")

    def _visit_finalized(self, child: nodes.Expr, frame: Frame) -> None:
        source = self._make_finalize().src
        if source is not None:
            self.write(source)
        self.visit(child, frame)
        if source is not None:
            self.write(")")

    def _keeper(self, context: Context, frame: Frame) -> str:
        keeper = _KEEPERS.get(context, "keep")
        if frame.eval_ctx.volatile:
            return f"({keeper} if context.eval_ctx.autoescape else keep_raw)"
        return keeper if frame.eval_ctx.autoescape else "keep_raw"

    def _value_context(self, child: nodes.Expr) -> Context:
        scanner = self._body.scanner
        try:
            context = scanner.hole()
        except MarkupMismatch as error:
            self._mismatch(error, child.lineno)
        if context is not Context.SCRIPT:
            return context
        if isinstance(child, nodes.Filter) and child.name in ("tojson", "safe"):
            return Context.TEXT
        if isinstance(child, (nodes.MarkSafe, nodes.MarkSafeIfAutoescape)):
            return Context.TEXT
        place = f"the {scanner.attribute} attribute" if scanner.quote else f"<{scanner.tag}>"
        self.fail(
            f"a value inside {place} would run as code: write {{{{ value|tojson }}}} for a"
            " script's data, use phx-* bindings for events and class names for style",
            child.lineno,
        )

    # Control flow

    def visit_If(self, node: nodes.If, frame: Frame) -> None:
        line = node.lineno
        outer = self._body
        before = copy(outer.scanner)
        name = self._structure(line)
        start = outer.scanner.branch()
        branch_frame = frame.soft()
        branches: list[tuple[_Body, bool]] = []
        self.writeline(f"{name} = ''", node)

        def branch(body_nodes: Iterable[nodes.Node], branch_line: int) -> None:
            self.indent()
            with self._in_body(start.branch(), branch_line) as body:
                self.blockvisit(body_nodes, branch_frame)
                if not body.empty:
                    self.writeline(f"{name} = {self._branch_value(body)}")
            self.outdent()
            branches.append((body, body.empty))

        self.writeline("if ", node)
        self.visit(node.test, branch_frame)
        self.write(":")
        branch(node.body, line)
        for elif_ in node.elif_:
            self.writeline("elif ", elif_)
            self.visit(elif_.test, branch_frame)
            self.write(":")
            branch(elif_.body, elif_.lineno)
        if node.else_:
            self.writeline("else:")
            branch(node.else_, node.else_[0].lineno)
        if all(empty for _, empty in branches):
            outer.scanner = before  # nothing is shown, only set
            return
        self._continue_after(outer, [body for body, _ in branches], bool(node.else_), line)
        outer.add(name)

    def _continue_after(
        self, outer: _Body, branches: Sequence[_Body], complete: bool, line: int
    ) -> None:
        first = branches[0].scanner
        try:
            for body in branches[1:]:
                if body.scanner.place() != first.place() or body.scanner.depth != first.depth:
                    raise MarkupMismatch(
                        "the branches of this if end inside different markup:"
                        " open and close the same tags and quotes in each"
                    )
            if complete:
                outer.scanner.follow(first)
            else:
                for body in branches:
                    outer.scanner.resume(body.scanner)
        except MarkupMismatch as error:
            self._mismatch(error, line)

    def visit_For(self, node: nodes.For, frame: Frame) -> None:
        for name in node.find_all(nodes.Name):
            if name.ctx == "store" and name.name == "loop":
                self.fail("Can't assign to special loop variable in for-loop target", name.lineno)
        loop_frame, test_frame, else_frame = frame.inner(), frame.inner(), frame.inner()
        loop_frame.loop_frame = True
        body_only = node.iter_child_nodes(only=("body",))
        extended = (
            node.recursive
            or "loop" in find_undeclared(body_only, ("loop",))
            or any(block.scoped for block in node.find_all(nodes.Block))
        )
        loop_ref = loop_frame.symbols.declare_parameter("loop") if extended else None
        loop_frame.symbols.analyze_node(node, for_branch="body")
        if node.else_:
            else_frame.symbols.analyze_node(node, for_branch="else")
        filter_name = self._loop_filter(node, loop_frame, test_frame) if node.test else None

        outer = self._body
        name = self._structure(node.lineno)
        if node.recursive:
            self.writeline("def loop(reciter, loop_render_func, depth=0):", node)
            self.indent()
            result = self._dynamic()
        else:
            result = name
        if extended:
            self.writeline(f"{loop_ref} = missing")
        self._hoist_loads(loop_frame)
        fast = not extended and not node.else_ and self._is_simple_loop(node)
        with self._in_body(outer.scanner.branch(), node.lineno) as body:
            if fast:
                self._simple_loop(node, frame, loop_frame, filter_name, result, body)
            else:
                self._general_loop(node, frame, loop_frame, loop_ref, filter_name, result, body)
        try:
            outer.scanner.resume(body.scanner)
        except MarkupMismatch as error:
            self._mismatch(error, node.lineno)
        if not node.recursive:
            self.leave_frame(loop_frame)
        if node.else_:
            self.writeline(f"if not {result}.rows:")
            self.indent()
            self.enter_frame(else_frame)
            with self._in_body(outer.scanner.branch(), node.lineno) as else_body:
                self.blockvisit(node.else_, else_frame)
                self.writeline(f"{result} = {self._branch_value(else_body)}")
            self.leave_frame(else_frame)
            self.outdent()
        if node.recursive:
            self.writeline(f"return Fragment({result})")
            self.outdent()
            self.writeline(f"{name} = keep(loop(", node)
            self.visit(node.iter, frame)
            self.write(", loop))")
        outer.add(name)
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

    def _hoist_loads(self, frame: Frame) -> None:
        """Look names of the page up once before a loop rather than once per row."""
        loads = frame.symbols.loads
        for target, (action, name) in list(loads.items()):
            if action == VAR_LOAD_RESOLVE:
                self.writeline(f"{target} = {self.get_resolve_func()}({name!r})")
                loads[target] = (VAR_LOAD_PARAMETER, None)

    def _general_loop(
        self,
        node: nodes.For,
        frame: Frame,
        loop_frame: Frame,
        loop_ref: str | None,
        filter_name: str | None,
        result: str,
        body: _Body,
    ) -> None:
        rows = f"r{result[1:]}"
        self.writeline(f"{rows} = []")
        self.writeline("for ", node)
        self.visit(node.target, loop_frame)
        self.write(f", {loop_ref} in LoopContext(" if loop_ref else " in ")
        if filter_name:
            self.write(f"{filter_name}(")
        if node.recursive:
            self.write("reciter")
        else:
            self.visit(node.iter, frame)
        if filter_name:
            self.write(")")
        if loop_ref:
            more = ", loop_render_func, depth" if node.recursive else ""
            self.write(f", undefined{more})")
        self.write(":")
        key = self._rows(node, loop_frame, rows, body)
        self.writeline(f"{result} = {self._comprehension(rows, self._row_statics(body), key)}")

    def _rows(
        self, node: nodes.For, loop_frame: Frame, rows: str, body: _Body
    ) -> tuple[int, str] | None:
        """Write the body of a loop that appends to `rows`; return the key's place in a row."""
        self.indent()
        self.enter_frame(loop_frame)
        if any(True for kind in _NEEDS_LOOP_VARS for _ in node.find_all(kind)):
            self.writeline("_loop_vars = {}")
        self.blockvisit(node.body, loop_frame)
        key = self._key(body, loop_frame)
        row = [*body.dynamics]
        if key is not None and key[0] == len(row):
            row.append(key[1])
        self.writeline(f"{rows}.append(({''.join(f'{value}, ' for value in row)}))")
        self.outdent()
        return key

    def _row_statics(self, body: _Body) -> str:
        scanner = body.scanner
        strip = scanner.is_root and scanner.first_tag in _BLOCK_ROWS
        return self._statics(body, scanner.is_root, strip)

    @staticmethod
    def _comprehension(rows: str, statics: str, key: tuple[int, str] | None) -> str:
        position = "" if key is None else f", {key[0]}"
        return f"Comprehension({statics}, {rows}{position})"

    def _key(self, body: _Body, frame: Frame) -> tuple[int, str] | None:
        """Return the position of the rows' key in the row and, when it is new, its source."""
        parts = body.scanner.key
        if parts is None:
            return None
        if not parts:
            self.fail("the :key is empty", body.line)
        if len(parts) == 1 and parts[0] in body.values:
            return body.values.index(parts[0]), ""
        return len(body.dynamics), self._key_source(parts, frame)

    def _key_source(self, parts: Sequence[Any], frame: Frame) -> str:
        pieces: list[str] = []
        for part in parts:
            if isinstance(part, str):
                pieces.append(repr(part))
            else:
                pieces.append(self._source(part, frame))
        return f"keep_key({', '.join(pieces)})"

    def _source(self, node: nodes.Expr, frame: Frame) -> str:
        """Return the source of an expression instead of writing it."""
        stream, new_lines = self.stream, self._new_lines
        code_lineno, first_write = self.code_lineno, self._first_write
        self.stream = StringIO()
        self._new_lines = 0
        try:
            self.visit(node, frame)
            return self.stream.getvalue()
        finally:
            self.stream, self._new_lines = stream, new_lines
            self.code_lineno, self._first_write = code_lineno, first_write

    # Loops whose rows are mere values: one list comprehension, and rows that are kept.

    def _is_simple_loop(self, node: nodes.For) -> bool:
        return (
            isinstance(node.target, nodes.Name)
            and self.environment.finalize is None
            and not self.environment.sandboxed
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
            if node.name not in _PURE_FILTERS or known is not DEFAULT_FILTERS[node.name]:
                return False
        elif isinstance(node, nodes.Test):
            known = self.environment.tests.get(node.name)
            if node.name not in _PURE_TESTS or known is not DEFAULT_TESTS[node.name]:
                return False
        elif not isinstance(
            node,
            (
                nodes.Getattr,
                nodes.BinExpr,
                nodes.UnaryExpr,
                nodes.Compare,
                nodes.Operand,
                nodes.CondExpr,
                nodes.Concat,
                nodes.Keyword,
            ),
        ):
            return False
        return all(self._simple(child) for child in node.iter_child_nodes())

    def _simple_loop(
        self,
        node: nodes.For,
        frame: Frame,
        loop_frame: Frame,
        filter_name: str | None,
        result: str,
        body: _Body,
    ) -> None:
        assert isinstance(node.target, nodes.Name)
        items, rows, kept = f"i{result[1:]}", f"r{result[1:]}", f"k{result[1:]}"
        self.writeline(f"{items} = {filter_name}(" if filter_name else f"{items} = ", node)
        self.visit(node.iter, frame)
        if filter_name:
            self.write(")")
        self.writeline(f"if type({items}) is not list: {items} = list({items})")
        target = loop_frame.symbols.ref(node.target.name)
        slow_start = body.scanner.branch()
        self._direct = True
        try:
            self._row_expression(node.body, loop_frame, body)
            statics = self._row_statics(body)
            key = self._key(body, loop_frame)
        finally:
            self._direct = False
        row = [*body.dynamics]
        if key is not None and key[0] == len(row):
            row.append(key[1])
        source = f"({''.join(f'{value}, ' for value in row)})"
        outer, names = self._dependencies(node, loop_frame)
        if names is not None:
            self.writeline(f"def {kept}({target}): return {source}")
            outer_values = "".join(f"{name}, " for name in outer)
            self.writeline(
                f"{rows} = context.kept_rows({statics}, {items}, ({outer_values}), {names!r},"
                f" {kept})"
            )
            self.writeline(f"if {rows} is None:")
            self.indent()
        self.writeline("try:")
        self.indent()
        self.writeline(f"{rows} = [{source} for {target} in {items}]", node)
        self.outdent()
        # Some item is no object with attributes: take Jinja's longer way for all of them.
        self.writeline("except AttributeError:")
        self.indent()
        self.writeline(f"{rows} = []")
        self.writeline(f"for {target} in {items}:")
        with self._in_body(slow_start, node.lineno) as slow:
            self._rows(node, loop_frame, rows, slow)
        self.outdent()
        if names is not None:
            self.outdent()
        self.writeline(f"{result} = {self._comprehension(rows, statics, key)}")

    def _row_expression(
        self, body_nodes: Iterable[nodes.Node], frame: Frame, body: _Body
    ) -> None:
        """Fill a simple body with the sources of its dynamics, as expressions."""
        for node in body_nodes:
            if isinstance(node, nodes.If):
                self._if_expression(node, frame, body)
                continue
            assert isinstance(node, nodes.Output)
            finalize = self._make_finalize()
            for child in node.nodes:
                try:
                    text = self._output_child_to_const(child, frame, finalize)
                except Exception:
                    self._value_expression(child, frame, body)
                else:
                    self._output_text(text, child)

    def _value_expression(self, child: nodes.Expr, frame: Frame, body: _Body) -> None:
        context = self._value_context(child)
        if context is Context.KEY:
            assert body.scanner.key is not None
            body.scanner.key.append(child)
            return
        keeper = self._keeper(context, frame)
        source = self._source(child, frame)
        if keeper == "keep":
            body.add(f"(v if type(v := {source}) in PLAIN else keep(v))", child)
        else:
            body.add(f"{keeper}({source})")

    def _if_expression(self, node: nodes.If, frame: Frame, outer: _Body) -> None:
        self._structure(node.lineno)
        start = outer.scanner.branch()
        branches: list[_Body] = []

        def branch(body_nodes: Iterable[nodes.Node], line: int) -> str:
            with self._in_body(start.branch(), line) as body:
                self._row_expression(body_nodes, frame, body)
                branches.append(body)
                return self._branch_value(body)

        source = f"({branch(node.body, node.lineno)} if {self._source(node.test, frame)} else "
        for elif_ in node.elif_:
            value = branch(elif_.body, elif_.lineno)
            source += f"{value} if {self._source(elif_.test, frame)} else "
        source += branch(node.else_, node.else_[0].lineno) if node.else_ else "''"
        self._continue_after(outer, branches, bool(node.else_), node.lineno)
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
        if self._direct and attr.isidentifier() and not iskeyword(attr) and attr[:2] != "__":
            self.visit(node.node, frame)
            self.write(f".{attr}")
            return
        super().visit_Getattr(node, frame)

    def visit_Continue(self, node: nodes.Continue, frame: Frame) -> None:
        self._leave_loop("continue", node)

    def visit_Break(self, node: nodes.Break, frame: Frame) -> None:
        self._leave_loop("break", node)

    def _leave_loop(self, statement: str, node: nodes.Node) -> None:
        if any(body.has_output for body in self._bodies[-2:]):
            self.fail(
                f"{{% {statement} %}} after output in the same row: decide before the row begins",
                node.lineno,
            )
        self.writeline(statement, node)

    # Blocks, inheritance, inclusion

    def visit_Block(self, node: nodes.Block, frame: Frame) -> None:
        if frame.toplevel and self.has_known_extends:
            return
        self._block_scanners[node.name] = self._body.scanner.branch()
        name = self._structure(node.lineno)
        conditional = frame.toplevel and self.extends_so_far > 0
        if conditional:
            self.writeline(f"{name} = ''")
            self.writeline("if parent_template is None:")
            self.indent()
        context = self.derive_context(frame) if node.scoped else self.get_context_ref()
        if node.required:
            self.writeline(f"if len(context.blocks[{node.name!r}]) <= 1:", node)
            self.indent()
            message = f"Required block {node.name!r} not found"
            self.writeline(f"raise TemplateRuntimeError({message!r})", node)
            self.outdent()
        self.writeline(f"{name} = context.blocks[{node.name!r}][0]({context})", node)
        if conditional:
            self.outdent()
        self._body.add(name)

    def visit_Include(self, node: nodes.Include, frame: Frame) -> None:
        name = self._structure(node.lineno)
        if node.ignore_missing:
            self.writeline(f"{name} = ''")
            self.writeline("try:")
            self.indent()
        self.writeline("template = environment.get_or_select_template(", node)
        self.visit(node.template, frame)
        self.write(f", {self.name!r})")
        if node.ignore_missing:
            self.outdent()
            self.writeline("except TemplateNotFound: pass")
            self.writeline("else:")
            self.indent()
        local = self.dump_local_context(frame) if node.with_context else "None"
        self.writeline(
            f"{name} = template.root_render_func({self.get_context_ref()}.for_include("
            f"template, {local}))",
            node,
        )
        if node.ignore_missing:
            self.outdent()
        self._body.add(name)

    # Macros and captured output

    def macro_def(self, macro_ref: Any, frame: Frame) -> None:
        self.write("Tree")
        super().macro_def(macro_ref, frame)

    def visit_FilterBlock(self, node: nodes.FilterBlock, frame: Frame) -> None:
        filter_frame = frame.inner()
        filter_frame.symbols.analyze_node(node)
        self.enter_frame(filter_frame)
        self._capture(node.body, filter_frame)
        self.start_write(frame, node)
        self.visit_Filter(node.filter, filter_frame)
        self.end_write(frame)
        self.leave_frame(filter_frame)

    def visit_AssignBlock(self, node: nodes.AssignBlock, frame: Frame) -> None:
        self.push_assign_tracking()
        block_frame = frame.inner()
        block_frame.require_output_check = False
        block_frame.symbols.analyze_node(node)
        self.enter_frame(block_frame)
        self._capture(node.body, block_frame, tree=node.filter is None)
        self.newline(node)
        self.visit(node.target, frame)
        if node.filter is None:
            self.write(f" = {block_frame.buffer}")
        else:
            self.write(" = (Markup if context.eval_ctx.autoescape else identity)(")
            self.visit_Filter(node.filter, block_frame)
            self.write(")")
        self.pop_assign_tracking(frame)
        self.leave_frame(block_frame)

    def _capture(self, body_nodes: list[nodes.Node], frame: Frame, tree: bool = False) -> None:
        line = body_nodes[0].lineno if body_nodes else self._last_line
        with self._in_body(Scanner(), line) as body:
            self.blockvisit(body_nodes, frame)
            frame.buffer = self.temporary_identifier()
            value = self._whole_value(body, strip=False)
            kept = f"Fragment({value})" if tree else f"[to_html({value})]"
            self.writeline(f"{frame.buffer} = {kept}")


__all__ = ["CompilerExit", "TreeCodeGenerator"]
