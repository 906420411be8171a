"""The line as it stands now: one application in place of another, with no request lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from ivr.web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from ivr.flow.model import Spec
    from ivr.web.parts import Parts


class _Version(Struct, frozen=True):
    """A spec and what answers with it, which change together or not at all."""

    spec: Spec
    app: WSGIApplication


class CurrentLine:
    """The line as one WSGI application, whatever is taken; safe from any thread.

    A request is answered to its end by the version with which it began. All versions share one
    store; what one alone has is freed when its last request is over.

    Args:
        parts: of the line as it begins.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._version = _Version(parts.spec, create_app(parts))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer by the version of now."""
        return self._version.app(environ, start_response)

    @property
    def spec(self) -> Spec:
        """What the line says and does now."""
        return self._version.spec

    def take(self, spec: Spec) -> None:
        """Answer with this spec, and with the clips on the disk, from the next request on.

        Raises:
            SpeechError: the manifest of the clips cannot be read; the line answers as before.
        """
        parts = replace(self._parts, spec=spec, library=self._parts.library.reopened())
        self._version = _Version(spec, create_app(parts))
