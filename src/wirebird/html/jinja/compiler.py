"""Compiles Jinja's own syntax tree into functions that return a render tree instead of text.

The rule: expressions, scopes, macros, filters and tests are Jinja's; only what writes output is
ours. `jinja_bodies` writes text, values and branches, `jinja_loops` loops, and this module the
functions around them. What they call at run time is in `jinja_runtime`.
"""

from __future__ import annotations

from typing import Any

from jinja2 import nodes
from jinja2.compiler import Frame, MacroRef, find_undeclared
from jinja2.nodes import EvalContext
from jinja2.runtime import exported

from wirebird.html.jinja.bodies import Body, begins_with_space
from wirebird.html.jinja.loops import LoopGenerator
from wirebird.html.jinja.walking import is_named, nodes_below
from wirebird.html.scanner import Scanner


class TreeCodeGenerator(LoopGenerator):
    """Jinja's code generator, with trees for output."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._block_scanners: dict[str, Scanner] = {}
        self._macros = 0  # those around what is being compiled

    # Functions

    def write_commons(self) -> None:
        self.writeline("resolve = context.resolve_or_missing")
        self.writeline("undefined = environment.undefined")
        self.writeline("concat = environment.concat")
        self.writeline("cond_expr_undefined = Undefined")

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        eval_ctx = EvalContext(self.environment, self.name)
        self.writeline("from jinja2.runtime import " + ", ".join(sorted(exported)))
        self.writeline("from wirebird.html.jinja.runtime import *")
        environment = "" if self.defer_init else ", environment=environment"
        below = nodes_below(node)
        have_extends = any(isinstance(each, nodes.Extends) for each in below)
        for block in below:
            if not isinstance(block, nodes.Block):
                continue
            if block.name in self.blocks:
                self.fail(f"block {block.name!r} defined twice", block.lineno)
            self.blocks[block.name] = block
        for import_ in below:
            if not isinstance(import_, nodes.ImportedName):
                continue
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
        if is_named("self", below) and "self" in find_undeclared(node.body, ("self",)):
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
            self.writeline(f"return {self._whole_value(body)}")
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
        # Where the block of a child template will stand is known to its parent only.
        start = self._block_scanners.get(name)
        with self._in_body((start or Scanner()).branch(), block.lineno) as body:
            self.blockvisit(block.body, frame)
            self.writeline(f"return {self._whole_value(body, start)}")
        self.leave_frame(frame, with_python_scope=True)
        self.outdent()

    # Macros and captured output

    def buffer(self, frame: Frame) -> None:
        # Called at the beginning of a macro's function.
        frame.buffer = self.temporary_identifier()
        self._loops.append(None)
        self._bodies.append(Body(Scanner(), self._last_line))

    def return_buffer_contents(self, frame: Frame, force_unescaped: bool = False) -> None:
        self._loops.pop()
        body = self._bodies.pop()
        self.writeline(f"return {self._whole_value(body, Scanner())}")

    def macro_def(self, macro_ref: Any, frame: Frame) -> None:
        self.write("Tree")
        super().macro_def(macro_ref, frame)

    def macro_body(
        self, node: nodes.Macro | nodes.CallBlock, frame: Frame
    ) -> tuple[Frame, MacroRef]:
        if isinstance(node, nodes.Macro):
            self._macros += 1
        elif self._macros and "caller" in find_undeclared(node.body, ("caller",)):
            self.fail(
                "caller() in a call block is not the macro's: keep that by its own name,"
                " {% set body = caller %} before the block and {{ body() }} in it",
                node.lineno,
            )
        try:
            return super().macro_body(node, frame)
        finally:
            if isinstance(node, nodes.Macro):
                self._macros -= 1

    def visit_FilterBlock(self, node: nodes.FilterBlock, frame: Frame) -> None:
        filter_frame = frame.inner()
        filter_frame.symbols.analyze_node(node)
        self.enter_frame(filter_frame)
        value = self._capture(node.body, filter_frame)
        filter_frame.buffer = self.temporary_identifier()
        self.writeline(f"{filter_frame.buffer} = [to_html({value})]")
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
        value = self._capture(node.body, block_frame)
        block_frame.buffer = self.temporary_identifier()
        captured = value if node.filter is None else f"[to_html({value})]"
        self.writeline(f"{block_frame.buffer} = {captured}")
        self.newline(node)
        self.visit(node.target, frame)
        if node.filter is None:
            self.write(f" = settle(Fragment({block_frame.buffer}))")
            self.write(f" if context.eval_ctx.autoescape else to_html({block_frame.buffer})")
        else:
            self.write(" = (Markup if context.eval_ctx.autoescape else identity)(")
            self.visit_Filter(node.filter, block_frame)
            self.write(")")
        self.pop_assign_tracking(frame)
        self.leave_frame(block_frame)

    def _capture(self, body_nodes: list[nodes.Node], frame: Frame) -> str:
        """Write code that evaluates a block and return the expression for its tree."""
        line = body_nodes[0].lineno if body_nodes else self._last_line
        with self._in_body(Scanner(), line) as body:
            self.blockvisit(body_nodes, frame)
            return self._whole_value(body, Scanner())

    # Blocks and inclusion

    def visit_Block(self, node: nodes.Block, frame: Frame) -> None:
        if frame.toplevel and self.has_known_extends:
            return
        spaced = begins_with_space(node.body)
        scanner = self._body.scanner
        ends_value = spaced and scanner.in_unquoted_value
        self._hole(node.lineno, block=True)
        if ends_value:
            scanner.end()
        start = self._block_scanners[node.name] = scanner.branch()
        if spaced:
            # Another template's may go on with the tag's name: that is known when it is shown.
            start.begin_attributes()
        name, keeper = self._markup_check(node.lineno, "whole")
        conditional = frame.toplevel and self.extends_so_far > 0
        if conditional:
            self.writeline(f"{name} = ''")
            self.writeline("if parent_template is None:")
            self.indent()
        context = self.derive_context(frame) if node.scoped else self.get_context_ref()
        if node.required:
            self.writeline(f"if len(context.blocks[{node.name!r}]) <= 1:", node)
            self.indent()
            message = (
                f"Required block {node.name!r} not found: a template that extends"
                f" {self.name} must have {{% block {node.name} %}}"
            )
            self.writeline(f"raise TemplateRuntimeError({message!r})", node)
            self.outdent()
        self.writeline(f"{name} = {keeper}(context.blocks[{node.name!r}][0]({context}))", node)
        if conditional:
            self.outdent()

    def visit_Include(self, node: nodes.Include, frame: Frame) -> None:
        name, keeper = self._markup_check(node.lineno, "whole")
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
            f"{name} = {keeper}(template.root_render_func({self.get_context_ref()}.for_include("
            f"template, {local})))",
            node,
        )
        if node.ignore_missing:
            self.outdent()

    def _import_common(self, node: nodes.Import | nodes.FromImport, frame: Frame) -> None:
        if not node.with_context:
            super()._import_common(node, frame)
            return
        self.write("context.module(environment.get_template(")
        self.visit(node.template, frame)
        self.write(f", {self.name!r}), {self.dump_local_context(frame)})")
