"""`wirebird new`: whole projects, made of templates that are cookiecutter's too."""

from wirebird.new.project import MANAGERS as MANAGERS
from wirebird.new.project import Project as Project
from wirebird.new.project import ProjectError as ProjectError
from wirebird.new.project import module_name as module_name
