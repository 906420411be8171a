"""The words for what files of sentences are made of, with the form that each must have."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

Sentence = Annotated[str, Meta(min_length=1)]
TenDigits = Annotated[
    str, Meta(pattern=r"^.{10}$(?!\n)", description="the ten digits, 0 first, without spaces")
]
