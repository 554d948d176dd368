"""`attach_hook`: functions that see what happens to a view before, or after, the view does.

The rule: hooks run in the order in which they were attached, and the first that halts ends its
stage: neither the hooks after it nor the view's own handler see the message.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from wirebird.live.around import call_within

if TYPE_CHECKING:
    from wirebird.live.view import Live

Stage = Literal["handle_params", "handle_event", "handle_info", "handle_async", "after_render"]

STAGES: tuple[str, ...] = get_args(Stage)


@dataclass(frozen=True, slots=True)
class Halt:
    """What a hook returns to end its stage.

    Attributes:
        reply: The reply to an event.
    """

    reply: Any = None


class Hooks:
    """The hooks of one view."""

    __slots__ = ("_stages",)

    def __init__(self) -> None:
        self._stages: dict[str, dict[str, Callable[..., Any]]] = {}

    def attach(self, name: str, stage: str, function: Callable[..., Any]) -> None:
        """Add a hook.

        Raises:
            ValueError: There is no such stage, or the stage has a hook of that name.
        """
        if stage not in STAGES:
            raise ValueError(f"there is no stage {stage!r}: the stages are {', '.join(STAGES)}")
        hooks = self._stages.setdefault(stage, {})
        if name in hooks:
            raise ValueError(f"{stage} has a hook named {name!r} already: detach it first")
        hooks[name] = function

    def detach(self, name: str, stage: str) -> None:
        """Remove a hook; nothing happens when there is none of that name."""
        self._stages.get(stage, {}).pop(name, None)

    async def run(self, owner: Live[Any], stage: str, *arguments: Any) -> Halt | None:
        """Run the hooks of a stage.

        Args:
            owner: The view or component to which it happens.
            stage: The stage.
            arguments: What they are told.

        Returns:
            The `Halt` of the hook that ended it, or None.
        """
        for function in list(self._stages.get(stage, {}).values()):
            result = await call_within(owner, function, *arguments)
            if isinstance(result, Halt):
                return result
        return None
