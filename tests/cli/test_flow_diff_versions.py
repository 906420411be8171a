"""`ivr flow diff`: which two versions are compared, from folders and from git."""

from __future__ import annotations

import subprocess
import zlib
from pathlib import Path

import pytest

from ivr.cli.flow.diff import version as version_module
from tests.cli.small_configs import TO_ANOTHER_KEY, diff, write

GIT = ("git", "-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")


def git(folder: Path, *arguments: str) -> None:
    subprocess.run([*GIT, *arguments], cwd=folder, check=True, capture_output=True)  # noqa: S603


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return write(tmp_path / "old")


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The config folder of a project in git, as it was committed."""
    config = write(tmp_path / "project" / "config")
    (config / "prompts" / "notes.txt").write_text("no words of the line", "utf-8")
    git(config.parent, "init", "--quiet")
    git(config.parent, "add", ".")
    git(config.parent, "commit", "--quiet", "-m", "First")
    git(config.parent, "tag", "v1")
    return config


def test_without_arguments_it_tells_what_has_changed_since_the_last_commit(kept: Path) -> None:
    assert diff(kept).stdout == f"HEAD:{kept} → {kept}\nNothing differs.\n"
    write(kept, TO_ANOTHER_KEY)
    result = diff(kept)
    assert "moved: option 'to_end': key 3 → key 4" in result.stdout
    assert (result.exit_code, result.stderr) == (0, "")


def test_two_revisions_are_compared(kept: Path) -> None:
    write(kept, TO_ANOTHER_KEY)
    git(kept, "commit", "--quiet", "-am", "Second")
    assert "key 3 → key 4" in diff(kept, "v1", "HEAD").stdout
    assert "key 4 → key 3" in diff(kept, "HEAD", "v1").stdout
    assert "Nothing differs." in diff(kept, "HEAD", str(kept)).stdout


def test_a_folder_wins_over_a_revision_of_the_same_name(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(kept.parent / "v1", TO_ANOTHER_KEY)
    monkeypatch.chdir(kept.parent)
    assert diff(Path("config"), "v1").stdout.startswith("v1 → config\n\nNodes")
    assert diff(Path("config"), "HEAD").stdout.startswith("HEAD:config → config\nNothing")


def test_only_comments_and_order_are_no_difference(old: Path, tmp_path: Path) -> None:
    new = write(tmp_path / "new")
    (new / "flow.yaml").write_text(
        "# a comment\n" + (new / "flow.yaml").read_text("utf-8"), "utf-8"
    )
    result = diff(new, str(old))
    assert "Nothing differs but comments and the order in the files." in result.stdout
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("revision", "told"),
    [
        pytest.param("v9", "'v9' is no folder, and git knows no such revision", id="unknown"),
        pytest.param("--output=x", "'--output=x' is no folder, and git knows no such", id="option"),
        pytest.param("HEAD^{tree}", "git knows no such revision", id="no commit"),
    ],
)
def test_a_revision_that_is_none_is_wrong_usage(kept: Path, revision: str, told: str) -> None:
    result = diff(kept, "--", revision)
    assert result.exit_code == 2
    assert told in result.stderr
    assert not (kept / "x").exists()


def test_a_revision_outside_of_git_is_wrong_usage(old: Path) -> None:
    result = diff(old, "HEAD", GIT_CEILING_DIRECTORIES=str(old.parent))
    assert result.exit_code == 2
    assert f"git cannot give {old} of that revision (fatal: not a git repository" in result.stderr
    assert "give a folder instead" in result.stderr


def test_without_git_only_folders_can_be_compared(old: Path, tmp_path: Path) -> None:
    result = diff(old, PATH=str(tmp_path))
    assert result.exit_code == 2
    assert "git cannot be run, so that only folders can be compared" in result.stderr
    assert diff(old, str(old), PATH=str(tmp_path)).exit_code == 0


def test_a_git_that_hangs_is_not_waited_for(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging = tmp_path / "bin" / "git"
    hanging.parent.mkdir()
    hanging.write_text("#!/bin/sh\nexec sleep 60\n", encoding="ascii")
    hanging.chmod(0o755)
    monkeypatch.setattr(version_module, "GIT_SECONDS", 0.2)
    result = diff(kept, PATH=f"{hanging.parent}:/usr/bin:/bin")
    assert result.exit_code == 2
    assert "git did not answer within 0.2 s" in result.stderr


def test_a_revision_without_the_folder_is_told(kept: Path) -> None:
    elsewhere = write(kept.parent / "elsewhere")
    result = diff(elsewhere, "v1")
    assert result.exit_code == 2
    assert f"v1:{elsewhere} has no flow" in result.stderr


def test_a_revision_that_is_too_big_is_refused(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(version_module, "MAX_BYTES", 100)
    result = diff(kept)
    assert result.exit_code == 2
    assert "MB; give a folder" in result.stderr


def test_a_config_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    result = diff(tmp_path / "none")
    assert result.exit_code == 2
    assert "run the command in the project, or set IVR_CONFIG" in result.stderr


def test_a_version_with_errors_is_not_compared_and_all_of_them_are_told(
    old: Path, tmp_path: Path
) -> None:
    new = write(tmp_path / "new")
    broken = (new / "flow.yaml").read_text("utf-8").replace("go: code}", "go: nowhere}")
    (new / "flow.yaml").write_text(broken, "utf-8")
    result = diff(new, str(old))
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{new}/flow.yaml:" in result.stderr
    assert "nowhere" in result.stderr
    assert "cannot be compared; mend them, or name another version." in result.stderr


def test_an_old_version_that_the_checks_of_now_refuse_is_compared_all_the_same(kept: Path) -> None:
    good = (kept / "flow.yaml").read_text("utf-8")
    words = (kept / "prompts" / "en.yaml").read_text("utf-8")
    (kept / "flow.yaml").write_text(good.replace("go: code}", "go: nowhere}"), "utf-8")
    (kept / "prompts" / "en.yaml").write_text(words.replace("onward: onward", "x: y"), "utf-8")
    git(kept, "commit", "--quiet", "-am", "Broken")
    (kept / "flow.yaml").write_text(good, "utf-8")
    (kept / "prompts" / "en.yaml").write_text(words, "utf-8")
    from_git = diff(kept)
    assert (from_git.exit_code, from_git.stderr) == (0, "")
    assert "key 2 leads to: nowhere → code" in from_git.stdout
    assert "new      onward" in from_git.stdout
    git(kept, "stash", "--quiet", "--include-untracked")
    assert diff(kept, "HEAD", "v1").stdout.splitlines()[1:] == from_git.stdout.splitlines()[1:]
    from_folder = diff(kept, str(kept), "v1")
    assert from_folder.stdout.splitlines()[1:] == from_git.stdout.splitlines()[1:]
    assert diff(kept, "v1", "HEAD").exit_code == 2


def test_an_old_version_without_its_shape_cannot_be_compared(kept: Path) -> None:
    (kept / "facts.yaml").write_text("facts: [", "utf-8")
    git(kept, "commit", "--quiet", "-am", "Broken")
    for old in ("HEAD", str(kept)):
        result = diff(kept, old, "v1")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "facts.yaml:1: " in result.stderr


def test_what_an_editor_leaves_in_a_commit_is_no_language(kept: Path) -> None:
    (kept / "prompts" / "._en.yaml").write_bytes(b"\0\5\xff of a Mac")
    git(kept, "add", ".")
    git(kept, "commit", "--quiet", "-m", "With leavings")
    assert diff(kept, "HEAD", "v1").stdout.endswith("Nothing differs.\n")


def test_a_revision_with_errors_is_told_by_its_name(kept: Path) -> None:
    (kept / "prompts" / "en.yaml").write_bytes(b"\xff")
    git(kept, "commit", "--quiet", "-am", "Broken")
    result = diff(kept, "HEAD", "v1")
    assert result.exit_code == 2
    assert f"HEAD:{kept}/prompts/en.yaml: it is not UTF-8" in result.stderr


def test_what_git_cannot_read_is_told_in_its_words(kept: Path) -> None:
    for packed in (kept.parent / ".git" / "objects").glob("??/*"):
        if b"blob" in zlib.decompress(packed.read_bytes())[:4]:
            packed.unlink()
    result = diff(kept)
    assert result.exit_code == 2
    assert "git cannot give" in result.stderr
    assert "give a folder instead" in result.stderr
