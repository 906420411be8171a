"""Whatever a slip of the editor makes of the files, the checks tell of it by a real line."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.flow.load import judge
from tests.flow.small import FILES

SIGNS = "'\":{}[]#&*!|>%@`\x00\ufeff\u2028\x85-,?\\0 ~\t"
SLIPS = st.lists(
    st.tuples(
        st.sampled_from(("gone", "twice", "moved", "indented", "sign")),
        st.integers(0, 500),
        st.integers(0, 500),
        st.sampled_from(SIGNS),
    ),
    min_size=1,
    max_size=4,
)


def mangled(text: str, slips: list[tuple[str, int, int, str]]) -> str:
    """The text with lines left out, doubled, moved or indented, or with signs in them."""
    lines = text.split("\n")
    for kind, one, other, sign in slips:
        here, there = one % len(lines), other % len(lines)
        line = lines[here]
        at = other % (len(line) + 1)
        match kind:
            case "gone":
                del lines[here]
            case "twice":
                lines.insert(there, line)
            case "moved":
                lines.insert(there, lines.pop(here))
            case "indented":
                lines[here] = f" {line}"
            case _:
                lines[here] = line[:at] + sign + line[at:]
    return "\n".join(lines)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.sampled_from(sorted(FILES)), slips=SLIPS)
def test_every_problem_of_a_mangled_file_has_its_line_and_one_line_of_words(
    name: str, slips: list[tuple[str, int, int, str]]
) -> None:
    files = {**FILES, name: mangled(FILES[name], slips)}
    judged = judge(files)
    for problem in judged.problems:
        text = files.get(problem.file.removeprefix("config/"), "")
        assert 1 <= problem.line <= text.count("\n") + 1
        assert problem.to_do
        assert str(problem).isprintable()
