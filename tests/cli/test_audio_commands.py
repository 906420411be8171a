"""`ivr audio`: words, voices and recordings become clips, and what is wrong is told in full."""

from __future__ import annotations

import io
import os
import re
import resource
import shutil
import socket
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result
from rich.console import Console

from ivr.cli.audio import audio as command
from ivr.cli.audio.studio import (
    open_voice,
    problems,
    progress_bar,
    read_lexicons,
    render_missing,
    stand_ins,
    summary,
)
from ivr.errors import IvrError, PaperError, SpeechError
from ivr.flow.model import Words
from ivr.flow.terms import Pace
from ivr.settings import Settings
from ivr.speech.library import Library
from ivr.speech.manifest import Source
from ivr.speech.render import Failure, Report
from ivr.speech.utterance import Utterance

if TYPE_CHECKING:
    from ivr.flow.model import Spec

CONFIG = Path(__file__).parents[2] / "config"


def run(folder: Path, *arguments: str, **environment: str) -> Result:
    variables = {"IVR_CONFIG": str(CONFIG), "IVR_AUDIO": str(folder), "IVR_TTS": "espeak"}
    runner = CliRunner(mix_stderr=False, env={**variables, **environment})
    result = runner.invoke(command, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit | IvrError):
        raise result.exception
    return result


def error(result: Result) -> str:
    assert isinstance(result.exception, SpeechError)
    return str(result.exception)


@pytest.fixture
def stocked(audio: Path, tmp_path: Path) -> Path:
    """A copy of the folder with every clip of the shipped words."""
    folder = tmp_path / "stocked"
    shutil.copytree(audio, folder)
    return folder


@pytest.fixture
def no_google(monkeypatch: pytest.MonkeyPatch) -> None:
    """Google's address is a port of this machine on which nobody listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    monkeypatch.setattr("gtts.tts._translate_url", lambda **_parts: f"http://127.0.0.1:{port}/")
    monkeypatch.setattr("urllib.request.getproxies", dict)
    monkeypatch.setattr("ivr.speech.google.TRIES", 1)
    monkeypatch.setattr("ivr.speech.google.SECONDS_BETWEEN_REQUESTS", 0)


def say(path: Path, seconds: float = 1.0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    hum = 0.3 * np.sin(np.arange(round(seconds * 16000)) / 6)
    soundfile.write(path, hum, 16000)


# -- render ----------------------------------------------------------------------------------------


def words(text: str = "এক") -> Words:
    return Words(language="bn", facts_as_of="2020-04-18", prompts={"digit_1": text})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "config").mkdir()
    folders = {"IVR_AUDIO": str(tmp_path / "audio"), "IVR_CONFIG": str(tmp_path / "config")}
    return Settings.from_env({**folders, "IVR_TTS": "espeak"})


def test_missing_clips_are_rendered_before_the_line_starts(settings: Settings) -> None:
    (settings.config / "lexicon.bn.yaml").write_text(
        "{lexicon: 1, language: bn, words: [{written: এক, espeak: অ্যাক}]}", "utf-8"
    )
    report, _ = render_missing({"bn": words()}, settings, Console(file=io.StringIO()))
    assert [clip.spoken for clip in report.made] == [("অ্যাক",), ("অ্যাক",)]
    assert Library.open(settings.audio).find(Utterance("bn", "digit_1", Pace.SLOW, "এক"))
    again, _ = render_missing({"bn": words()}, settings, Console(file=io.StringIO()), "espeak")
    assert summary(again) == "clips: 0 made (0 s of speech), 2 kept, 0 failed"


@pytest.mark.usefixtures("no_google")
def test_without_google_the_render_finishes_with_the_offline_voice_and_says_so_once(
    tmp_path: Path, spec: Spec
) -> None:
    count = 4 * len(spec.words["bn"].prompts)
    first = run(tmp_path, "render", IVR_TTS="gtts")
    assert first.exit_code == 0
    made = rf"clips: {count} made \(\d+ s of speech\), 0 kept, 0 failed\n"
    assert re.fullmatch(made, first.stdout)
    assert re.search(
        r"Google's voice gave no answer \(is this machine on the internet\?\)", first.stderr
    )
    assert first.stderr.count("offline voice stands in") == 1
    assert f"stands in for {count} clips" in first.stderr
    assert "To replace just those later, run: ivr audio render" in first.stderr
    second = run(tmp_path, "render")
    assert second.stdout == f"clips: 0 made (0 s of speech), {count} kept, 0 failed\n"
    assert second.stderr == ""
    listed = run(tmp_path, "list", IVR_TTS="gtts")
    assert listed.stdout.splitlines()[-1].endswith(f": {count} stand-in")


def test_bad_recordings_are_named_and_the_rest_is_rendered(stocked: Path) -> None:
    folder = stocked / "human" / "bn"
    say(folder / "warm_up.wav")
    (folder / "greeting.wav").write_bytes(b"")
    (folder / "goodbye.m4a").write_bytes(b"")
    (folder / "mainmenu.wav").write_bytes(b"")
    told = error(run(stocked, "render"))
    assert "3 recordings could not be used:" in told
    assert "goodbye.m4a: .m4a is not read here; save it as wav, flac, mp3, ogg or opus, for" in told
    assert "mainmenu.wav: no prompt is named 'mainmenu'; did you mean main_menu?" in told
    assert told.count("greeting.wav: it cannot be read as sound") == 1
    clip = Library.open(stocked).entry(("bn", "warm_up", Pace.NORMAL))
    assert clip is not None
    assert clip.source is Source.HUMAN


def test_a_broken_manifest_stops_every_command(tmp_path: Path) -> None:
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "manifest.json").write_text("{")
    for arguments in (["render", "--force"], ["list"], ["check"], ["sheet"], ["prune"]):
        assert "Delete it and run: ivr audio render" in error(run(tmp_path, *arguments))


def test_a_disk_that_fills_up_stops_the_render_and_keeps_what_was_good(stocked: Path) -> None:
    """A limit on the size of files stands in for the full disk: the kernel refuses to write on."""
    before = (stocked / "clips" / "manifest.json").read_bytes()
    code = "from ivr.cli.main import main; main()"
    # A run that is measured could not write down what it has covered.
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("IVR_", "COV", "COVERAGE"))}  # noqa: TID251 - a child needs PATH
    limited = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", code, "audio", "render", "--voice", "espeak", "--force"],
        env={**kept, "IVR_CONFIG": str(CONFIG), "IVR_AUDIO": str(stocked)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert limited.returncode == 1
    assert "cannot be written: File too large; free some space and run the same" in limited.stderr
    assert "Traceback" not in limited.stderr
    assert (stocked / "clips" / "manifest.json").read_bytes() == before
    assert run(stocked, "check").exit_code == 0


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "clips").write_text("a file where the folder should be")
    assert "make the folder writable, or name another one in IVR_AUDIO" in error(
        run(tmp_path, "render")
    )


@pytest.mark.usefixtures("no_google")
def test_without_the_offline_voice_it_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = metadata.version

    def version(name: str) -> str:
        if name == "espeakng-loader":
            raise metadata.PackageNotFoundError(name)
        return installed(name)

    monkeypatch.setattr("ivr.speech.espeak.metadata.version", version)
    told = error(run(tmp_path, "render"))
    assert "The offline voice is not installed; run: .venv/bin/pip install espeakng-loader" in told
    told = error(run(tmp_path, "render", IVR_TTS="gtts"))
    assert "gave no answer" in told
    assert "The offline voice is not installed" in told


def test_an_unknown_voice_is_refused() -> None:
    with (
        pytest.raises(SpeechError, match="no voice 'festival'; set IVR_TTS"),
        open_voice("festival"),
    ):
        pass


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(b"{lexicon: 1", r":1: ", id="no YAML"),
        pytest.param(b"{lexicon: 1, language: en}", "write language: bn", id="other language"),
        pytest.param(b"\xff", "it is not UTF-8; save it as UTF-8", id="no UTF-8"),
    ],
)
def test_a_broken_lexicon_is_named_by_its_file(
    settings: Settings, content: bytes, problem: str
) -> None:
    (settings.config / "lexicon.bn.yaml").write_bytes(content)
    with pytest.raises(SpeechError, match=rf"(?s)lexicon\.bn\.yaml.*{problem}"):
        read_lexicons(settings.config, ["bn", "en"])


def test_equal_reasons_are_told_once() -> None:
    prompts = [Utterance("bn", key, Pace.NORMAL, "এক") for key in ("a", "b", "c")]
    reasons = ["429", "429", "silence"]
    failed = tuple(
        Failure(prompt, Source.GTTS, reason)
        for prompt, reason in zip(prompts, reasons, strict=True)
    )
    report = Report(made=(), kept=(), stood_in=(), failed=failed)
    assert summary(report) == "clips: 0 made (0 s of speech), 0 kept, 3 failed"
    assert problems(failed).splitlines() == [
        "3 clips could not be rendered:",
        "  a (bn, normal) and 1 more: 429",
        "  c (bn, normal): silence",
    ]
    assert stand_ins(report) is None


def test_the_progress_bar_shows_who_speaks_and_the_time_left() -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=80)
    with progress_bar(console) as bar:
        bar("Clips by the offline voice", 0, 40)
        bar("Clips by the offline voice", 10, 40)
    assert "Clips by the offline voice" in out.getvalue()
    assert "10/40" in out.getvalue()
    assert re.search(r"-:--:--|0:\d\d:\d\d", out.getvalue())


# -- check -----------------------------------------------------------------------------------------


def test_all_shipped_clips_pass_the_check(stocked: Path) -> None:
    result = run(stocked, "check")
    assert result.stdout.splitlines()[-1].endswith("clips measured, 0 faults.")
    assert result.exit_code == 0
    assert re.search(r"^active level +-\d\d\.\d\d", result.stdout, re.MULTILINE)


def test_the_check_renders_what_is_missing_first(stocked: Path) -> None:
    clip = Library.open(stocked).entry(("bn", "greeting", Pace.NORMAL))
    assert clip is not None
    (stocked / "clips" / f"{clip.sha256}.wav").unlink()
    result = run(stocked, "check")
    assert result.stdout.startswith("clips: 1 made")
    assert result.exit_code == 0


def test_the_check_keeps_good_clips_of_another_voice(stocked: Path) -> None:
    assert "clips:" not in run(stocked, "check", IVR_TTS="gtts").stdout


def test_a_recording_that_cannot_be_used_fails_the_check(stocked: Path) -> None:
    (stocked / "human" / "bn").mkdir(parents=True)
    (stocked / "human" / "bn" / "greeting.m4a").write_bytes(b"")
    result = run(stocked, "check")
    assert result.exit_code == 1
    assert "1 recording could not be used:" in result.stdout


def test_a_slow_clip_that_is_shorter_than_the_usual_one_fails_the_check(stocked: Path) -> None:
    """Half a slow clip may well have a speed that can be."""
    spoil(stocked, "help", lambda s: np.concatenate((s, s)))
    result = run(stocked, "check")
    assert re.search(r"^help \(bn, slow\): seconds of the slow clip", result.stdout, re.MULTILINE)


def test_stand_ins_are_listed_and_do_not_fail(stocked: Path) -> None:
    result = run(stocked, "check", IVR_TTS="gtts")
    assert result.exit_code == 0
    assert re.search(r"stands in for \d+ clips \(bn\): all of them", result.stdout)
    assert "To replace them: ivr audio render" in result.stdout


def spoil(folder: Path, prompt_id: str, change: Any) -> None:
    """Change the file of a clip by hand, its words left as they are."""
    clip = Library.open(folder).entry(("bn", prompt_id, Pace.NORMAL))
    assert clip is not None
    path = folder / "clips" / f"{clip.sha256}.wav"
    with soundfile.SoundFile(path) as wav:
        title, samples = wav.title, wav.read(dtype="float32")
    with soundfile.SoundFile(path, "w", 8000, 1, subtype="ULAW", format="WAV") as wav:
        wav.title = title
        wav.write(change(samples))


@pytest.mark.parametrize(
    ("change", "measure"),
    [
        pytest.param(lambda s: s[: len(s) // 2], "letters a second", id="half cut off"),
        pytest.param(lambda s: s * 0, "active level", id="silent"),
        pytest.param(lambda s: np.clip(s * 30, -1, 1), "crest", id="clipped"),
        pytest.param(
            lambda s: np.random.default_rng(1).normal(0, 0.1, len(s)), "spread", id="noise"
        ),
        pytest.param(lambda s: s[::-1], "file other bytes than were rendered", id="other bytes"),
    ],
)
def test_a_spoilt_clip_fails_the_check_by_name(stocked: Path, change: Any, measure: str) -> None:
    spoil(stocked, "greeting", change)
    result = run(stocked, "check")
    assert result.exit_code == 1
    assert re.search(rf"^greeting \(bn, normal\): {measure}.*: .+", result.stdout, re.MULTILINE)
    assert re.search(r"^greeting \(bn, normal\): file other bytes", result.stdout, re.MULTILINE)


def test_a_damaged_clip_is_mended_by_a_render_and_not_behind_ones_back(stocked: Path) -> None:
    spoil(stocked, "greeting", lambda s: s[::-1])
    assert run(stocked, "check").exit_code == 1
    assert run(stocked, "check").exit_code == 1
    assert run(stocked, "render").stdout.startswith("clips: 1 made")
    assert run(stocked, "check").exit_code == 0


def test_a_clip_that_is_no_sound_fails_the_check(stocked: Path) -> None:
    clip = Library.open(stocked).entry(("bn", "greeting", Pace.NORMAL))
    assert clip is not None
    path = stocked / "clips" / f"{clip.sha256}.wav"
    path.write_bytes(b"x" * path.stat().st_size)
    result = run(stocked, "check")
    assert result.exit_code == 1
    assert "greeting (bn, normal): file The clip is no audio" in result.stdout


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """A copy of the shipped config, to be changed."""
    return Path(shutil.copytree(CONFIG, tmp_path / "config"))


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_words_that_take_too_long_fail_the_check(stocked: Path, changed: Path) -> None:
    rewrite(changed / "prompts" / "bn.yaml", "আরও কথা শুনতে, চার", "আরও অনেক অনেক অনেক কথা শুনতে, চার")
    result = run(stocked, "check", IVR_CONFIG=str(changed))
    assert result.exit_code == 1
    assert re.search(
        r"option choose_more \(bn, normal\): seconds .* \(at most 4 s\): .*config/prompts/bn\.yaml",
        result.stdout,
    )


def test_a_word_that_the_offline_voice_cannot_say_fails_the_check(
    stocked: Path, changed: Path
) -> None:
    rewrite(changed / "prompts" / "bn.yaml", "ওটিপি কাউকে বলে ফেললে, তিন", "OTP কাউকে বলে ফেললে, তিন")
    result = run(stocked, "check", IVR_CONFIG=str(changed))
    assert result.exit_code == 1
    assert re.search(r"help_told_otp .*'OTP'.*lexicon", result.stdout)


def test_a_recording_of_other_words_fails_the_check(stocked: Path, changed: Path) -> None:
    say(stocked / "human" / "bn" / "digit_1.wav", seconds=0.5)
    run(stocked, "render")
    rewrite(changed / "prompts" / "bn.yaml", "digit_1: এক", "digit_1: এক।")
    result = run(stocked, "check", IVR_CONFIG=str(changed))
    assert result.exit_code == 1
    assert re.search(r"digit_1 \(bn, normal\): words .*record it again", result.stdout)
    listed = run(stocked, "list", "--state", "stale", IVR_CONFIG=str(changed))
    assert re.search(r"^bn +digit_1 +human +0\.\d +\d\.\d +stale$", listed.stdout, re.MULTILINE)


# -- list, sheet, import, prune --------------------------------------------------------------------


def test_the_list_shows_each_prompt_once(stocked: Path, spec: Spec) -> None:
    result = run(stocked, "list")
    lines = result.stdout.splitlines()
    prompts = [*spec.words["bn"].prompts]
    assert lines[0].split() == ["language", "prompt", "source", "seconds", "slow", "state"]
    assert [line.split()[:2] for line in lines[1:-1]] == [
        [language, prompt] for language in ("bn", "en") for prompt in prompts
    ]
    assert lines[-1].endswith(f": {4 * len(prompts)} good")
    say(stocked / "human" / "bn" / "digit_1.wav", seconds=0.5)
    outdated = run(stocked, "list", "--state", "outdated").stdout.splitlines()
    assert [line.split()[1] for line in outdated[1:-1]] == ["digit_1"]
    only = run(stocked, "list", "--language", "en").stdout.splitlines()
    assert len(only) == len(prompts) + 2


@pytest.mark.parametrize("option", ["--language", "--state"])
def test_the_list_refuses_what_it_does_not_know(stocked: Path, option: str) -> None:
    result = run(stocked, "list", option, "xx")
    assert result.exit_code == 2
    assert "'xx'; use one of" in result.stderr


def test_the_sheet_is_a_page_for_the_person_who_records(stocked: Path, tmp_path: Path) -> None:
    say(stocked / "human" / "bn" / "warm_up.wav")
    page = run(stocked, "sheet")
    assert page.exit_code == 0
    assert page.stdout.startswith("<!DOCTYPE html>")
    out = tmp_path / "sheet.html"
    told = run(stocked, "sheet", "--out", str(out))
    assert told.stdout == ""
    assert re.search(
        r"sheet\.html in a browser and print it\. It is sheet [0-9a-f]{4}", told.stderr
    )
    assert out.read_text("utf-8") == page.stdout
    refused = run(stocked, "sheet", "--out", "/proc/self/nowhere")
    assert isinstance(refused.exception, PaperError)
    assert str(refused.exception).endswith("; name another file")
    assert 'lang="en"' in run(stocked, "sheet", "--language", "en").stdout
    refused = run(stocked, "sheet", "--language", "xx")
    assert refused.exit_code == 2
    assert "'xx'; use one of bn, en" in refused.stderr


def test_a_recording_of_the_printed_words_is_stale_when_those_have_changed(
    stocked: Path, changed: Path, tmp_path: Path, spec: Spec
) -> None:
    code = re.search(r"--sheet ([0-9a-f]{4})", run(stocked, "sheet").stdout)
    assert code
    number = [*spec.words["bn"].prompts].index("digit_1") + 1
    clip = Library.open(stocked).entry(("bn", "digit_1", Pace.NORMAL))
    assert clip is not None
    (tmp_path / "takes").mkdir()
    shutil.copy(stocked / "clips" / f"{clip.sha256}.wav", tmp_path / "takes" / f"{number}.wav")
    rewrite(changed / "prompts" / "bn.yaml", "digit_1: এক", "digit_1: এক।")
    variables = {"IVR_CONFIG": str(changed)}
    run(stocked, "import", str(tmp_path / "takes"), "--sheet", code[1], **variables)
    result = run(stocked, "render", **variables)
    assert "recorded with other words than those of now: bn/digit_1.wav" in result.stderr


def test_a_sheet_without_its_words_names_the_file(stocked: Path, changed: Path) -> None:
    (changed / "sheet.bn.yaml").unlink()
    assert error(run(stocked, "sheet", IVR_CONFIG=str(changed))) == (
        f"{changed}/sheet.bn.yaml is missing; copy {changed}/sheet.en.yaml to it, and translate its"
        " sentences"
    )


def test_a_sheet_whose_words_cannot_be_used_names_file_and_line(
    stocked: Path, changed: Path
) -> None:
    path = changed / "sheet.bn.yaml"
    rewrite(path, "\nlanguage: bn", "\nlanguage: en")
    told = error(run(stocked, "sheet", IVR_CONFIG=str(changed)))
    assert f"{path}:4: the file's name says 'bn', and 'language' says 'en'" in told
    path.write_bytes(b"sheet: 1\n\xff")
    told = error(run(stocked, "sheet", IVR_CONFIG=str(changed)))
    assert told == f"{path}:2: it is not UTF-8; save it as UTF-8 in your editor"


def test_takes_are_imported_by_the_sheets_numbers_and_then_rendered(
    stocked: Path, tmp_path: Path, spec: Spec
) -> None:
    code = re.search(r"--sheet ([0-9a-f]{4})", run(stocked, "sheet").stdout)
    assert code
    figures = code[1].translate(str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯"))
    number = [*spec.words["bn"].prompts].index("digit_1") + 1
    takes = tmp_path / "takes"
    clip = Library.open(stocked).entry(("bn", "digit_1", Pace.NORMAL))
    assert clip is not None
    takes.mkdir()
    shutil.copy(stocked / "clips" / f"{clip.sha256}.wav", takes / f"{number}.wav")
    (takes / "nothing.wav").write_bytes(b"")
    result = run(stocked, "import", str(takes), "--sheet", figures)
    assert "recordings (bn): 1 taken in, 0 there already, 1 not taken in" in result.stdout
    assert "A running `ivr dev` puts them on the line by itself; otherwise run:" in result.stdout
    assert re.search(r"not taken in: .*nothing.wav: no prompt is named 'nothing'", result.stderr)
    assert result.exit_code == 1
    assert (stocked / "human" / "bn" / "digit_1.wav").exists()
    (takes / "nothing.wav").unlink()
    assert run(stocked, "import", str(takes), "--sheet", code[1]).exit_code == 0
    told = error(run(stocked, "import", str(takes), "--sheet", code[1], "--language", "en"))
    assert f"Sheet {code[1]} is of bn, not en" in told
    assert "No sheet zzzz was printed" in error(
        run(stocked, "import", str(takes), "--sheet", "zzzz")
    )
    assert (stocked / "human" / "bn" / "recorded.json").exists()
    rendered = run(stocked, "render")
    assert rendered.stdout.startswith("clips: 2 made (1 s of speech, 2 of recordings)")
    assert run(stocked, "check").exit_code == 0


def test_takes_named_after_their_prompts_are_of_the_language_that_is_named(
    stocked: Path, tmp_path: Path
) -> None:
    clip = Library.open(stocked).entry(("en", "digit_1", Pace.NORMAL))
    assert clip is not None
    (tmp_path / "takes").mkdir()
    shutil.copy(stocked / "clips" / f"{clip.sha256}.wav", tmp_path / "takes" / "digit_1.wav")
    page = run(stocked, "sheet", "--language", "en").stdout
    assert "ivr audio import FOLDER --language en<" in page
    result = run(stocked, "import", str(tmp_path / "takes"), "--language", "en")
    assert "recordings (en): 1 taken in" in result.stdout
    assert (stocked / "human" / "en" / "digit_1.wav").exists()


def test_the_sheet_tells_which_recordings_are_stale(stocked: Path, changed: Path) -> None:
    say(stocked / "human" / "bn" / "digit_1.wav", seconds=0.5)
    say(stocked / "human" / "bn" / "digit_2.wav", seconds=0.5)
    run(stocked, "render")
    rewrite(changed / "prompts" / "bn.yaml", "digit_1: এক", "digit_1: এক।")
    page = run(stocked, "sheet", IVR_CONFIG=str(changed)).stdout
    kinds = re.findall(r'<tr[^>]*class="[^"]*(missing|recorded|stale)', page)
    assert (kinds.count("stale"), kinds.count("recorded")) == (1, 1)


def test_what_is_pruned_is_counted_in_hours(stocked: Path, changed: Path) -> None:
    rewrite(changed / "prompts" / "bn.yaml", "digit_1: এক", "digit_1: এক।")
    run(stocked, "render", IVR_CONFIG=str(changed))
    long_ago = time.time_ns() - 2 * 3600 * 10**9
    for path in (stocked / "clips").glob("*.wav"):
        os.utime(path, ns=(long_ago, long_ago))
    assert run(stocked, "prune", "--hours", "3").stdout.startswith("0 files")
    assert run(stocked, "prune", "--hours", "1").stdout.startswith("2 files")


def test_pruning_deletes_clips_of_words_that_are_gone(stocked: Path, changed: Path) -> None:
    before = len(list((stocked / "clips").glob("*.wav")))
    rewrite(changed / "prompts" / "bn.yaml", "digit_1: এক", "digit_1: এক।")
    run(stocked, "render", IVR_CONFIG=str(changed))
    assert run(stocked, "prune", IVR_CONFIG=str(changed)).stdout == "0 files deleted (0.0 MB).\n"
    told = run(stocked, "prune", "--hours", "0", IVR_CONFIG=str(changed)).stdout
    assert re.fullmatch(r"2 files deleted \(0\.0 MB\)\.\n", told)
    assert len(list((stocked / "clips").glob("*.wav"))) == before
