from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ivr.flow.model import Flow, Spec


@pytest.fixture(scope="session")
def shipped(spec: Spec) -> Flow:
    return spec.flow
