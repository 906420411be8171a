from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.engine.walking import walked

if TYPE_CHECKING:
    from ivr.flow.model import Flow, Spec
    from tests.engine.walking import Stand


@pytest.fixture(scope="session")
def flow(spec: Spec) -> Flow:
    return spec.flow


@pytest.fixture(scope="session")
def stands(flow: Flow) -> list[Stand]:
    """A call at every place of the shipped flow."""
    return walked(flow)
