{% if cookiecutter.auth %}
"""What visitors fill in."""

from typing import Annotated

from pydantic import BaseModel, Field, SecretStr, StringConstraints

Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, to_lower=True, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$"
    ),
]
NewPassword = Annotated[SecretStr, Field(min_length=12, max_length=200)]


class SignUpForm(BaseModel):
    email: Email
    password: NewPassword


class LogInForm(BaseModel):
    email: Email
    password: Annotated[SecretStr, Field(max_length=200)]
    remember: Annotated[bool, Field(title="Remember me on this device")] = False


class ForgottenForm(BaseModel):
    email: Email


class ResetForm(BaseModel):
    password: NewPassword
{% endif %}
