"""Jinja files as render trees.

The rule: the language is Jinja's own, whole. `TemplateEnvironment` is a Jinja environment whose
templates return trees; names that are not there are errors, never empty text.
"""

from __future__ import annotations

import inspect
import linecache
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, cast
from zipfile import Path as ZipPath
from zipfile import is_zipfile

import jinja2
from jinja2.environment import Template, TemplateModule
from jinja2.loaders import BaseLoader
from markupsafe import Markup

from wirebird.html.attributes import attributes
from wirebird.html.jinja.compiler import TreeCodeGenerator
from wirebird.html.jinja.kept_code import kept_code
from wirebird.html.jinja.runtime import StateContext, state_names
from wirebird.html.kept_rows import KeptRows
from wirebird.html.shown import kind_of
from wirebird.html.tojson import plain
from wirebird.html.tree import Statics, Tree, to_html


def _concat(parts: Tree | Iterable[str]) -> str:
    if isinstance(parts, tuple) and parts and isinstance(parts[0], Statics):
        return to_html(parts)
    return "".join(parts)


def _xmlattr(values: Mapping[str, Any], autospace: bool = True) -> Markup:
    """Jinja's filter of this name, with our rules for what an attribute takes."""
    given = {
        name: value for name, value in values.items() if not isinstance(value, jinja2.Undefined)
    }
    text = attributes(given)
    return text if autospace else Markup(text[1:])


def _read(path: Path) -> str:
    source = (existing(path) or path).read_bytes()
    try:
        return source.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        raise jinja2.TemplateSyntaxError(
            "this line is not UTF-8: save the file in that encoding", line, path.name, str(path)
        ) from None


def existing(path: Path) -> Path | ZipPath | None:
    """Return a file of a folder or, where a part of its path is an archive, of that; or None."""
    if path.is_file():
        return path
    for parent in path.parents:
        if parent.is_dir():
            return None
        if parent.is_file() and is_zipfile(parent):
            inside = ZipPath(parent, path.relative_to(parent).as_posix())
            return inside if inside.is_file() else None
    return None


class TreeTemplate(Template):
    """A compiled Jinja template."""

    def tree(
        self,
        state: Any = None,
        page: Mapping[str, Any] | None = None,
        kept: KeptRows | None = None,
    ) -> Tree:
        """Return the render tree of a state.

        Args:
            state: A dataclass, a pydantic model or a dict: its fields are the template's names.
            page: Names that hide none of the state's: `flash`, `uploads`, `live_action`.
            kept: Where rows that cannot change are kept between two renders of one view.

        Raises:
            jinja2.UndefinedError: The template uses a name that nothing defines.
        """
        environment = self.environment
        context = StateContext(
            environment,
            cast("dict[str, Any]", self.globals),
            self.name,
            self.blocks,
            state=state,
            kept=kept,
            page=page,
        )
        try:
            return cast(Tree, self.root_render_func(context))
        except jinja2.UndefinedError as error:
            names = sorted({*state_names(state), *(page or ())})
            error.add_note(f"Names that {self.name} sees: {', '.join(names) or 'none'}.")
            environment.handle_exception()
        except Exception:
            environment.handle_exception()

    def render(self, *args: Any, **kwargs: Any) -> str:
        """Return the HTML of the template with the given names."""
        return to_html(self.tree(dict(*args, **kwargs)))

    def generate(self, *args: Any, **kwargs: Any) -> Iterator[str]:
        """Yield the HTML of the template, all at once."""
        yield self.render(*args, **kwargs)

    def make_module(
        self,
        vars: dict[str, Any] | None = None,
        shared: bool = False,
        locals: Mapping[str, Any] | None = None,
    ) -> TemplateModule:
        context = self.new_context(vars, shared, locals)
        return TemplateModule(self, context, [_concat(self.root_render_func(context))])


class TemplateLoader(BaseLoader):
    """Finds templates by path, or by name in the application's template folders."""

    def __init__(self, folders: Iterable[str | Path] = ()) -> None:
        self.folders = [Path(folder) for folder in folders]

    def find(self, name: str) -> Path | None:
        """Return the file of a template, or None."""
        if Path(name).is_absolute():
            return Path(name) if existing(Path(name)) else None
        if ".." in Path(name).parts:
            return None
        for folder in self.folders:
            if existing(folder / name):
                return folder / name
        return None

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        path = self.find(template)
        if path is None:
            looked = ", ".join(str(folder) for folder in self.folders) or "no template folders"
            raise jinja2.TemplateNotFound(template, f"no template {template!r} in {looked}")
        file = existing(path) or path
        if not isinstance(file, Path):
            return _read(path), str(path), lambda: True
        changed = path.stat().st_mtime_ns

        def fresh() -> bool:
            try:
                return path.stat().st_mtime_ns == changed
            except OSError:
                return False

        return _read(path), str(path), fresh

    def list_templates(self) -> list[str]:
        return sorted(
            str(path.relative_to(folder))
            for folder in self.folders
            for path in folder.rglob("*")
            if path.is_file()
        )


class TemplateEnvironment(jinja2.Environment):
    """A Jinja environment whose templates return render trees.

    Args:
        folders: Where named templates are looked for, in order.
        auto_reload: Whether a template whose file has changed is compiled again.
        extensions: Jinja extensions to add.

    Example:
        >>> environment = TemplateEnvironment()
        >>> environment.inline("<p>{{ name }}</p>").render(name="Ada")
        '<p>Ada</p>'
    """

    code_generator_class = TreeCodeGenerator
    context_class = StateContext
    template_class = TreeTemplate
    concat: ClassVar[Any] = staticmethod(_concat)

    # A checker would take what Jinja begins with for all that they may hold.
    globals: dict[str, Any]
    filters: dict[str, Any]
    tests: dict[str, Any]

    def __init__(
        self,
        folders: Iterable[str | Path] = (),
        *,
        auto_reload: bool = False,
        extensions: Iterable[str] = (),
    ) -> None:
        self.templates = TemplateLoader(folders)
        super().__init__(
            loader=self.templates,
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=auto_reload,
            cache_size=-1,
            extensions=list(extensions),
        )
        self.filters["xmlattr"] = _xmlattr
        self.policies["json.dumps_kwargs"] = {"sort_keys": True, "default": plain}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return an attribute or, failing that, an item of that name.

        Raises:
            AttributeError: A property raised it: that must not pass for a name that is not there.
        """
        try:
            return getattr(obj, attribute)
        except AttributeError:
            computed = inspect.getattr_static(kind_of(obj), attribute, None)
            if isinstance(computed, (property, cached_property)):
                raise
        return super().getattr(obj, attribute)

    def join_path(self, template: str, parent: str) -> str:
        """Look beside the template that includes another one before the folders."""
        beside = Path(parent).parent / template
        if Path(parent).is_absolute() and ".." not in Path(template).parts and existing(beside):
            return str(beside)
        return template

    def file(self, path: str | Path) -> TreeTemplate:
        """Return the template of a file, by its path or by its name in the folders.

        Raises:
            jinja2.TemplateNotFound: There is no such file.
            jinja2.TemplateSyntaxError: The template is broken; carries file and line.
        """
        return cast(TreeTemplate, self.get_template(str(path)))

    def preprocess(self, source: str, name: str | None = None, filename: str | None = None) -> str:
        # An editor's mark of the encoding, copied with the text: before <!DOCTYPE it is content.
        return super().preprocess(source.removeprefix("\ufeff"), name, filename)

    def compile(
        self,
        source: Any,
        name: str | None = None,
        filename: str | None = None,
        raw: bool = False,
        defer_init: bool = False,
    ) -> Any:
        def compiled() -> Any:
            return jinja2.Environment.compile(self, source, name, filename, raw, defer_init)  # pyright: ignore

        if raw or defer_init or not isinstance(source, str):
            return compiled()
        return kept_code(self, source, name, filename, compiled)

    def inline(self, source: str, name: str = "<template>") -> TreeTemplate:
        """Return the template written in a string, called `name` in error messages.

        Raises:
            jinja2.TemplateSyntaxError: The template is broken; carries the line.
        """
        code = self.compile(source, name, name)
        # Tracebacks show the line, as they do for files.
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        return cast(TreeTemplate, self.template_class.from_code(self, code, self.globals))
