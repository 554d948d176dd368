"""How generated code writes output: text and values become statics and dynamics.

The rule: every run of statements that writes something is one `Body`: literal text around named
dynamics. Generated code names them `d_n`, statics `s_n`, what checks a value within a tag `p_n`,
rows `r_n`.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from copy import copy
from io import StringIO
from typing import Any, NoReturn

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame

from wirebird.html.markup import KEY_PLACE, MarkupMismatch
from wirebird.html.scanner import Context, Scanner
from wirebird.html.shown import has_text, kind_of
from wirebird.html.tags import BLOCK
from wirebird.names import did_you_mean

# What stands in a block and writes nothing.
_SILENT = (nodes.Assign, nodes.AssignBlock, nodes.Import, nodes.FromImport, nodes.Macro)


class Body:
    """One piece of markup being compiled: the text so far and the dynamics between."""

    def __init__(self, scanner: Scanner, line: int) -> None:
        self.scanner = scanner
        self.line = line
        self.strings: list[str] = []
        self.dynamics: list[str] = []
        self.values: list[nodes.Expr | None] = []
        self.keepers: list[str] = []

    def add(self, name: str, value: nodes.Expr | None = None, keeper: str = "") -> None:
        """Put a dynamic after the text so far.

        Args:
            name: The source of the dynamic.
            value: What it shows, when that is shown as it is where it is text or a number.
            keeper: The source of what turns any other value into a dynamic.
        """
        self.strings.append(self.scanner.cut())
        self.dynamics.append(name)
        self.values.append(value)
        self.keepers.append(keeper)

    @property
    def empty(self) -> bool:
        return not self.dynamics and not self.scanner.text

    @property
    def has_output(self) -> bool:
        return bool(self.dynamics) or bool(self.scanner.text.strip())

    @property
    def is_block(self) -> bool:
        """Whether it is one element that the browser sets apart from its neighbours."""
        return self.scanner.is_root and self.scanner.first_tag in BLOCK

    def finish(self) -> tuple[str, ...]:
        """Return the text around the dynamics."""
        strings = [*self.strings, self.scanner.text]
        if self.is_block:
            strings[0] = strings[0].lstrip()
            strings[-1] = strings[-1].rstrip()
        return tuple(strings)


class BodyGenerator(CodeGenerator):
    """Jinja's code generator, as far as it writes output and decides what to write."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._bodies: list[Body] = []
        self._constants: list[str] = []
        self._checks: dict[tuple[object, ...], str] = {}
        self._dynamics = 0
        self._shown_call: nodes.Node | None = None

    def fail(self, msg: str, lineno: int) -> NoReturn:
        """Fail with a TemplateAssertionError that says what to do."""
        for kind, known in (("filter", self.environment.filters), ("test", self.environment.tests)):
            start = f"No {kind} named "
            if msg.startswith(start):
                meant = did_you_mean(msg[len(start) :].strip("'."), known)
                otherwise = f"{meant} Otherwise " if meant else ""
                msg += (
                    f" ({otherwise}add it to the environment: templates.{kind}s[name] = function)"
                )
        super().fail(msg, lineno)

    # Bodies

    @property
    def _body(self) -> Body:
        return self._bodies[-1]

    @contextmanager
    def _in_body(self, scanner: Scanner, line: int) -> Generator[Body, None, None]:
        body = Body(scanner, line)
        self._bodies.append(body)
        try:
            yield body
        finally:
            self._bodies.pop()

    def _end(self, body: Body, *, row: bool = False) -> None:
        body.scanner.end()
        if body.scanner.key is not None and not row:
            self.fail(KEY_PLACE, body.line)

    def _dynamic(self) -> str:
        self._dynamics += 1
        return f"d_{self._dynamics}"

    def _hole(self, line: int, *, block: bool = False) -> Context:
        try:
            return self._body.scanner.hole(block=block)
        except MarkupMismatch as error:
            self.fail(str(error), line)

    def _gap(self, line: int, *blocks: Sequence[nodes.Node]) -> str:
        """Make place for blocks in the current body and return the name that they fill."""
        if any(map(begins_with_space, blocks)):
            self._body.scanner.begin_attributes()
        if self._hole(line, block=True) is Context.KEY:
            self.fail("a :key takes values only, no blocks", line)
        return self._dynamic()

    def _check(self, context: Context) -> str:
        """Return the name of the check for a value where one was just noted, a constant."""
        where = self._body.scanner.where()
        name = self._checks.get((context, *where))
        if name is None:
            name = self._checks[(context, *where)] = f"p_{len(self._checks) + 1}"
            self._constants.append(f"{name} = ContextCheck({context.name!r}, {where!r})")
        return name

    def _statics(self, body: Body, kind: str = "Statics") -> str:
        name = f"s_{len(self._constants) + 1}"
        source = f"{self.name or '<template>'}:{body.line}"
        root = body.scanner.is_root
        self._constants.append(f"{name} = {kind}({body.finish()!r}, {root!r}, {source!r})")
        return name

    def _branch_value(self, body: Body) -> str:
        """Return the expression for the tree of a branch."""
        strings = [*body.strings, body.scanner.text]
        if not body.dynamics:
            return f"({strings[0]!r},)" if strings[0] else "''"
        if strings == ["", ""]:
            return body.dynamics[0]
        return f"({self._statics(body)}, {', '.join(body.dynamics)})"

    def _whole_value(self, body: Body, start: Scanner | None = None) -> str:
        """Return the expression for the tree of a function: always with statics of its own.

        Args:
            body: What it shows.
            start: Where it begins; None when it may be shown in a script, where `<` is no tag.
        """
        self._end(body)
        expected = (start or Scanner()).boundary()
        ends_within_tag = body.scanner.boundary() != expected
        if ends_within_tag and (start is not None or body.dynamics):
            self.fail(
                "this block ends inside other markup than it began in: write whole tags and whole"
                " attributes within it, and in a script put spaces around <",
                body.line,
            )
        statics = self._statics(body, "OpenStatics" if ends_within_tag else "Statics")
        return f"({', '.join([statics, *body.dynamics])},)"

    # Values and text

    def start_write(self, frame: Frame, node: nodes.Node | None = None) -> None:
        # Called for call blocks, filter blocks and recursive loops: what they make is markup.
        line = node.lineno if node else self._last_line
        name, keeper = self._markup_check(line)
        self.writeline(f"{name} = {keeper}(", node)

    def end_write(self, frame: Frame) -> None:
        self.write(")")

    def _markup_check(self, line: int, between_tags: str = "keep_raw") -> tuple[str, str]:
        """Add a dynamic for markup that is made elsewhere; return its name and its keeper."""
        context = self._hole(line)
        if context is Context.KEY:
            self.fail("a :key takes values only, no blocks", line)
        text = context is Context.TEXT
        keeper = between_tags if text else f"{self._check(context)}.markup"
        name = self._dynamic()
        self._body.add(name)
        return name, keeper

    def visit_Output(self, node: nodes.Output, frame: Frame) -> None:
        if frame.require_output_check and self.has_known_extends:
            return
        for child in node.nodes:
            text = self._constant_text(child, frame)
            if text is None:
                self._output_value(child, frame)
            else:
                self._output_text(text, child)

    def _constant_text(self, child: nodes.Expr, frame: Frame) -> str | None:
        """Return what is written for a constant, or None for an expression."""
        if isinstance(child, nodes.TemplateData):
            return child.data
        finalize = self._make_finalize()
        if not finalize.const:
            return None
        try:
            if not has_text(kind_of(child.as_const(frame.eval_ctx))):
                return None
            return self._output_child_to_const(child, frame, finalize)
        except Exception:  # evaluated at run time, where errors have a place
            return None

    def _output_text(self, text: str, node: nodes.Expr) -> None:
        try:
            self._body.scanner.feed(text)
        except MarkupMismatch as error:
            self.fail(str(error), node.lineno)

    def _output_value(self, child: nodes.Expr, frame: Frame) -> None:
        body = self._body
        context = self._value_context(child)
        if context is Context.KEY:
            assert body.scanner.key is not None
            body.scanner.key.append(child)
            return
        keeper = self._keeper(context, frame)
        name = self._dynamic()
        escaped = frame.eval_ctx.autoescape and not frame.eval_ctx.volatile
        plain = escaped and context in (Context.TEXT, Context.ATTRIBUTE)
        body.add(name, child if plain else None)
        conditional = frame.require_output_check
        if conditional:
            self.writeline(f"{name} = ''")
            self.writeline("if parent_template is None:")
            self.indent()
        self.writeline(f"{name} = ", child)
        self._shown_call = child
        if plain:
            self._visit_finalized(child, frame)
            self.writeline(f"if type({name}) not in PLAIN: {name} = {keeper}({name})")
        else:
            self.write(f"{keeper}(")
            self._visit_finalized(child, frame)
            self.write(")")
        self._shown_call = None
        if conditional:
            self.outdent()

    def _visit_finalized(self, child: nodes.Expr, frame: Frame) -> None:
        source = self._make_finalize().src
        if source is not None:
            self._shown_call = None
            self.write(source)
        self.visit(child, frame)
        if source is not None:
            self.write(")")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        # A call that is shown stays a tree; in any other expression it gives text.
        if forward_caller or node is self._shown_call:
            self._shown_call = None
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.write("settle(")
        super().visit_Call(node, frame)
        self.write(")")

    def _keeper(self, context: Context, frame: Frame) -> str:
        if not (frame.eval_ctx.autoescape or frame.eval_ctx.volatile):
            return "keep_raw"
        keeper = "keep" if context is Context.TEXT else self._check(context)
        if frame.eval_ctx.volatile:
            return f"({keeper} if context.eval_ctx.autoescape else keep_raw)"
        return keeper

    def _value_context(self, child: nodes.Expr) -> Context:
        context = self._hole(child.lineno)
        if context is not Context.SCRIPT:
            return context
        markup = (nodes.MarkSafe, nodes.MarkSafeIfAutoescape)
        if isinstance(child, markup) or (
            isinstance(child, nodes.Filter) and child.name in ("tojson", "safe")
        ):
            return context
        scanner = self._body.scanner
        place = f"the {scanner.attribute} attribute" if scanner.in_tag else f"<{scanner.tag}>"
        self.fail(
            f"a value inside {place} would run as code: write {{{{ value|tojson }}}} for a"
            " script's data, use phx-* bindings for events and class names for style",
            child.lineno,
        )

    def _source(self, node: nodes.Node, frame: Frame) -> str:
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

    # Branches

    def visit_If(self, node: nodes.If, frame: Frame) -> None:
        outer = self._body
        before = copy(outer.scanner)
        name = self._gap(node.lineno, *blocks_of(node))
        start = outer.scanner.branch()
        branch_frame = frame.soft()
        branches: list[Body] = []
        self.writeline(f"{name} = ''", node)

        def branch(body_nodes: Sequence[nodes.Node], line: int) -> None:
            self.indent()
            with self._in_body(start.branch(), line) as body:
                self.blockvisit(body_nodes, branch_frame)
                self._end(body)
                if not body.empty:
                    self.writeline(f"{name} = {self._branch_value(body)}")
            self.outdent()
            branches.append(body)

        self.writeline("if ", node)
        self.visit(node.test, branch_frame)
        self.write(":")
        branch(node.body, node.lineno)
        for elif_ in node.elif_:
            self.writeline("elif ", elif_)
            self.visit(elif_.test, branch_frame)
            self.write(":")
            branch(elif_.body, elif_.lineno)
        if node.else_:
            self.writeline("else:")
            branch(node.else_, node.else_[0].lineno)
        if all(body.empty for body in branches):
            outer.scanner = before  # nothing is shown, only set
            return
        self._go_on_after(outer, branches, complete=bool(node.else_), line=node.lineno)
        outer.add(name)

    def _go_on_after(
        self, outer: Body, blocks: Iterable[Body], *, complete: bool, line: int
    ) -> None:
        try:
            outer.scanner.after([body.scanner for body in blocks], complete=complete)
        except MarkupMismatch as error:
            self.fail(str(error), line)

    def visit_ScopedEvalContextModifier(
        self, node: nodes.ScopedEvalContextModifier, frame: Frame
    ) -> None:
        old = self.temporary_identifier()
        saved = frame.eval_ctx.save()
        self.writeline(f"{old} = context.eval_ctx.save()")
        self.visit_EvalContextModifier(node, frame)
        self.blockvisit(node.body, frame)
        frame.eval_ctx.revert(saved)
        self.writeline(f"context.eval_ctx.revert({old})")


def blocks_of(node: nodes.If) -> list[Sequence[nodes.Node]]:
    """Return what an `if` may show, of which one block is shown."""
    return [node.body, *(elif_.body for elif_ in node.elif_), node.else_]


def begins_with_space(block: Sequence[nodes.Node]) -> bool:
    """Tell whether the first that a block writes, if anything, is white space."""
    for node in block:
        if isinstance(node, nodes.Output):
            first = node.nodes[0]
            return isinstance(first, nodes.TemplateData) and first.data[:1].isspace()
        if isinstance(node, nodes.If):
            return any(map(begins_with_space, blocks_of(node)))
        if isinstance(node, (nodes.For, nodes.With)):
            return begins_with_space(node.body)
        if not isinstance(node, _SILENT):
            return False
    return False
