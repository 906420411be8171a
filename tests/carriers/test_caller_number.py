from __future__ import annotations

import pytest

from ivr.carriers.number import caller_name, is_own

INDIAN = "+919876543210"


@pytest.mark.parametrize(
    "given",
    [
        INDIAN,
        "919876543210",
        " 919876543210",  # a form in which the + was not encoded
        "+91 98765 43210",
        "+91-98765-43210",
        "+91 (98765) 43210",
        "00919876543210",
        "09876543210",
        "9876543210",
        f"sip:{INDIAN}@example.sip.twilio.com",
        f"SIP:{INDIAN}@example.org;user=phone",
        "sips:%2B919876543210@example.org",
        "sip:09876543210@10.0.0.1:5060",
        f"tel:{INDIAN}",
    ],
)
def test_one_caller_has_one_name_however_the_number_is_written(given: str) -> None:
    assert caller_name(given) == INDIAN


@pytest.mark.parametrize(
    ("given", "name"),
    [
        pytest.param("+12025550100", "+12025550100", id="another country"),
        pytest.param("12025550100", "+12025550100", id="another country without its sign"),
        pytest.param("+6834002", "+6834002", id="a short number, of Niue"),
        pytest.param("client:asha", "client:asha", id="a client"),
        pytest.param("sip:asha@example.org", "sip:asha@example.org", id="a name by SIP"),
        pytest.param("sip:asha@example.net", "sip:asha@example.net", id="the same elsewhere"),
        pytest.param("SIP:Asha@Example.ORG", "sip:Asha@example.org", id="letters of a host"),
        pytest.param("sip:asha@h.org:5060;transport=udp", "sip:asha@h.org", id="a way to it"),
        pytest.param("sip:asha@[2001:db8::A]:5060", "sip:asha@[2001:db8::a]", id="by IPv6"),
        pytest.param("sip:asha;x=1@h.org?y=2", "sip:asha;x=1@h.org", id="its user's own words"),
        pytest.param("sip:Asha", "sip:Asha", id="no host"),
        pytest.param("client:Asha@Home", "client:Asha@Home", id="a client's letters"),
        pytest.param("asha", "asha", id="a name"),
    ],
)
def test_another_caller_has_another_name(given: str, name: str) -> None:
    assert caller_name(given) == name


@pytest.mark.parametrize(
    "given",
    [
        *("", " ", "+", "-", "sip:", "sip:@example.org", "client:"),
        *("anonymous", "Anonymous", "ANONYMOUS", "restricted", "unavailable", "unknown"),
        *("private", "blocked", "withheld", "client:Anonymous"),
        *("sip:anonymous@anonymous.invalid", "sip:Restricted@example.org;user=phone"),
        *("+266696687", "266696687", "+7378742833", "+17378742833", "+2562533", "+8656696"),
        *("+86282452253", "+464", "+1266696687", "sip:+266696687@example.org"),
        *("1", "56161", "sip:1001@pbx.example.org"),
        *("Private Number", "unknown caller", '"Anonymous" <sip:anonymous@anonymous.invalid>'),
        *("0000000000", "+0000000000", "+910000000000", "+10000000000"),
    ],
)
def test_a_withheld_number_is_nobody(given: str) -> None:
    assert caller_name(given) is None


@pytest.mark.parametrize(
    ("given", "keys", "own"),
    [
        (INDIAN, "9876543210", True),
        ("09876543210", "9876543210", True),
        pytest.param("sip:09876543210@10.0.0.1:5060", "9876543210", True, id="by SIP"),
        pytest.param("sip:+919876543210@host2", "9876543210", True, id="the host's digits aside"),
        (INDIAN, "9876543211", False),
        (INDIAN, "43210", False),
        pytest.param("sip:asha@9876543210", "9876543210", False, id="a host is no number"),
        pytest.param("+17378742833", "7378742833", False, id="RESTRICTED, as it is keyed"),
        ("", "", False),
    ],
)
def test_a_caller_who_keys_the_own_number_is_noticed(given: str, keys: str, *, own: bool) -> None:
    assert is_own(keys, given) is own
