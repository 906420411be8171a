"""A release: its build step makes the clips, and the service plays them and never renders."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
from pathlib import Path

import httpx

from ivr.simulator.call import Call
from ivr.simulator.events import Heard

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
SERVED = {"TWILIO_AUTH_TOKEN": "token-of-a-release", "IVR_SECRET_KEY": "secret-of-a-release"}


def test_from_the_build_step_to_a_clip_that_is_heard(tmp_path: Path, redis_url: str) -> None:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    origin = f"http://127.0.0.1:{port}"
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("IVR_", "TWILIO_"))}  # noqa: TID251 - a child needs PATH
    variables = {
        **kept,
        **SERVED,
        "PATH": f"{BIN}:{kept['PATH']}",
        "IVR_TTS": "espeak",
        "IVR_AUDIO": str(tmp_path / "audio"),
        "REDIS_URL": redis_url,
        "PUBLIC_URL": origin,
        "PORT": str(port),
    }
    built = subprocess.run(  # noqa: S603 - our own script
        [ROOT / "bin" / "post_compile"],
        cwd=ROOT,
        env=variables,
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.match(r"clips: \d+ made \(\d+ s of speech\), 0 kept, 0 failed\n", built.stdout)
    files = sorted((tmp_path / "audio" / "clips").iterdir())

    web = re.match("web: (.+)\n", (ROOT / "Procfile").read_text())
    assert web
    served = subprocess.Popen(  # noqa: S603 - what the Procfile says
        web[1].split(), cwd=ROOT, env=variables, stderr=subprocess.PIPE, text=True
    )
    assert served.stderr is not None
    lines = iter(served.stderr.readline, "")
    started: list[str] = []
    reader = threading.Thread(target=lambda: started.extend(lines), daemon=True)
    try:
        started += [next(line for line in lines if "Listening at" in line or "missing" in line)]
        reader.start()
        assert "missing" not in started[0]
        with httpx.Client() as client:
            assert client.get(f"{origin}/readyz").json()["ready"]
            call = Call(client, f"{origin}/voice", SERVED["TWILIO_AUTH_TOKEN"])
            call.start()
            heard = [event for event in call.events if isinstance(event, Heard)]
            assert heard
            assert all(each.is_clip for each in heard)
            clip = client.get(str(heard[0].url))
            assert clip.headers["Content-Type"] == "audio/wav"
            assert "immutable" in clip.headers["Cache-Control"]
    finally:
        served.terminate()
        served.wait(30)
        if reader.is_alive():  # it reads to the end of the pipe, which must not be closed under it
            reader.join(30)
        served.stderr.close()
    assert sorted((tmp_path / "audio" / "clips").iterdir()) == files, "the service renders nothing"


def test_platforms_find_what_they_look_for() -> None:
    assert (ROOT / "bin" / "post_compile").stat().st_mode & 0o111 == 0o111
    assert (ROOT / "requirements.txt").read_text().splitlines()[-2:] == ["-c constraints.txt", "."]
    assert (ROOT / ".python-version").read_text() == "3.12\n"
