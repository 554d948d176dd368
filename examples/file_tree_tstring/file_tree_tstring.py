"""The file tree with its HTML in Python: a branch is a method that calls itself."""

from string.templatelib import Template

from examples.file_tree.file_tree import Entry, FilesView
from wirebird import link


class FilesTStringView(FilesView):
    """Has the state, the events, the script and the style of the other one."""

    scripts = ("../file_tree/file_tree.js",)
    styles = ("../file_tree/file_tree.css",)

    def render(self) -> Template:
        return t"""
            <h1 id="files-heading">Files of Wirebird</h1>
            <div class="file-tree">
              <ul id="tree" role="tree" aria-labelledby="files-heading" phx-hook="Tree">
                {self.branch("", level=1)}
              </ul>
              <section class="shown" aria-label={self.state.file or "No file"}>
                {self.text()}
              </section>
            </div>
        """

    def branch(self, folder: str, level: int) -> list[Template]:
        return [
            self.folder(entry, level) if entry.is_folder else self.file(entry, level)
            for entry in self.state.folders[folder]
        ]

    def folder(self, entry: Entry, level: int) -> Template:
        is_open, inside = entry.path in self.state.folders, f"{entry.id}-inside"
        branch = (
            is_open and t'<ul id={inside} role="group">{self.branch(entry.path, level + 1)}</ul>'
        )
        return t"""
            <li :key={entry.path} role="none">
              <button id={entry.id} role="treeitem" aria-level={level} tabindex="-1"
                      aria-expanded={"true" if is_open else "false"} aria-owns={is_open and inside}
                      phx-click={self.toggle} phx-value-path={entry.path}>{entry.name}</button>
              {branch}
            </li>
        """

    def file(self, entry: Entry, level: int) -> Template:
        anchor = link(
            entry.name,
            patch=self.socket.path(file=entry.path),
            id=entry.id,
            role="treeitem",
            aria_level=level,
            aria_current="page" if entry.path == self.state.file else False,
            tabindex=-1,
        )
        return t'<li :key={entry.path} role="none">{anchor}</li>'

    def text(self) -> Template:
        state = self.state
        if state.lines:
            more = state.more > 0 and t"<p>And {state.more} lines more.</p>"
            lines = "\n".join(state.lines)
            return t'<pre tabindex="0" aria-label={state.file}>{lines}</pre>{more}'
        if state.file:
            return t"<p>{state.file} is empty.</p>"
        return t"<p>Open a folder, and choose a file: arrows, Home, End and letters work too.</p>"
