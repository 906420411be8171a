"""The option that keeps the golden calls anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--keep-calls", action="store_true", help="keep the golden calls as they are now"
    )
