"""What a webhook reads of a form and a query is what Flask would."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from ivr.web.webhook import arguments, pairs

ENCODED = st.text("aZ0%2Bb+&=.-_:~,", max_size=40)


@given(ENCODED)
@example("From=%2B919876543210&msg=Gather+End&ToCity=&a&=b&&x=%e0%a6%95&y=%ff%zz&%2B1=%2B")
def test_a_form_is_read_as_flask_reads_it(encoded: str) -> None:
    asked = EnvironBuilder(query_string=encoded).get_environ()
    read = Request(asked).args
    assert sorted(pairs(encoded)) == sorted(read.items(multi=True))
    assert arguments(encoded) == read.to_dict()
