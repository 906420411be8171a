from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ivr.paper.floip.container import container_json
from tests.floip.published_runner import Missing, PublishedRunner, installed

if TYPE_CHECKING:
    from ivr.flow.model import Spec


@pytest.fixture(scope="session")
def exported(spec: Spec) -> dict[str, Any]:
    """The shipped call as any reader of JSON gets it."""
    found: dict[str, Any] = json.loads(container_json(spec))
    return found


@pytest.fixture(scope="session")
def published(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> PublishedRunner:
    """The runner from npm, installed once a session; skipped with the reason where it cannot be."""
    try:
        return PublishedRunner(installed(tmp_path_factory.mktemp("npm")))
    except Missing as missing:
        if request.config.getoption("--needs-node", default=False):
            pytest.fail(f"{missing}, and --needs-node was given")
        pytest.skip(f"{missing}; the export is not walked with the published runner")
