"""What the model may ask for: plain functions, whose signatures tell it how, and are held to."""

import random
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field, TypeAdapter, ValidationError

from examples.assistant.model import Call


def time_in(zone: Annotated[str, Field(max_length=40)]) -> str:
    """Tell the time in a time zone, such as Asia/Tokyo."""
    return f"{datetime.now(ZoneInfo(zone)):%H:%M on %A}"


def roll(dice: Annotated[int, Field(ge=1, le=20)] = 2) -> str:
    """Roll some dice."""
    return ", ".join(str(random.randint(1, 6)) for _ in range(dice))


FUNCTIONS: tuple[Any, ...] = (time_in, roll)
TOOLS = {each.__name__: TypeAdapter(each) for each in FUNCTIONS}


def described() -> list[dict[str, Any]]:
    """Return the tools as the protocol describes them to a model."""
    told = [
        {"name": each.__name__, "description": each.__doc__, "parameters": tool.json_schema()}
        for each, tool in zip(FUNCTIONS, TOOLS.values(), strict=True)
    ]
    return [{"type": "function", "function": each} for each in told]


def run(call: Call) -> str:
    """Do what a model asks for, and return what it is told: also that it asked for nonsense."""
    if call.tool not in TOOLS:
        return f"there is no tool {call.tool}"
    try:
        return TOOLS[call.tool].validate_json(call.arguments or "{}")
    except (ValidationError, KeyError, ValueError) as error:  # KeyError: no such time zone
        return f"that went wrong: {error}"
