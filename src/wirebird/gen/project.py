"""`Project`: the project that code is generated for, as `wirebird new` lays it out.

The rule: a project is a folder with a package that has an `app.py`, and a folder of tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wirebird.gen.errors import GenerationError


@dataclass(frozen=True, slots=True)
class Project:
    """A project.

    Attributes:
        folder: Where commands run.
        package: The name of its package.
    """

    folder: Path
    package: str

    @classmethod
    def at(cls, folder: Path) -> Project:
        """Find the project of a folder.

        Raises:
            GenerationError: There is none, or there are several.
        """
        apps = sorted(folder.glob("*/app.py"))
        packages = [app.parent.name for app in apps if "Wirebird(" in app.read_text("utf-8")]
        if len(packages) == 1:
            return cls(folder, packages[0])
        if packages:
            raise GenerationError(
                f"there are several applications here ({', '.join(packages)}): run this in a folder"
                " with one"
            )
        raise GenerationError(
            f"there is no application in {folder}: run this in the folder of a project whose"
            " package has an app.py with `app = Wirebird(...)`; `wirebird new shop` makes one"
        )

    @property
    def app_module(self) -> str:
        """The module of the application, from the project's folder."""
        return f"{self.package}/app.py"

    @property
    def has_database(self) -> bool:
        """Whether it has the module that opens its database."""
        return (self.folder / self.package / "database.py").is_file()
