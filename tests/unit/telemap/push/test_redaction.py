"""Secrets are taken out of text from elsewhere, however they are written there."""

from __future__ import annotations

import base64
import html
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from telemap.push.readings import fold
from telemap.push.redaction import Redaction

if TYPE_CHECKING:
    from collections.abc import Callable

PASSWORDS = [
    'it\'s"fine"',
    "Pa<ss>word",
    "aa/bb+cc==",
    'it\'s"fine"x',
    "Tr0ub4dor3",
    "correct  horse",
    'a"b',
    "pä$$wörd&Co",
    "密码 is 100% \N{CLOSED LOCK WITH KEY}",
    "back\\slash\\n%41",
]


def utf16(character: str) -> list[int]:
    encoded = character.encode("utf-16-be")
    return [int.from_bytes(encoded[at : at + 2]) for at in range(0, len(encoded), 2)]


def octal(character: str) -> str:
    return "".join(f"\\{byte:03o}" for byte in character.encode())


CHARACTERS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "decimal": lambda one: f"&#{ord(one)};",
    "decimal, zeros": lambda one: f"&#000{ord(one)};",
    "decimal, open": lambda one: f"&#{ord(one)}",
    "hexadecimal": lambda one: f"&#x{ord(one):x};",
    "hexadecimal, zeros": lambda one: f"&#X00{ord(one):X};",
    "hexadecimal, open": lambda one: f"&#x{ord(one):x}",
    "entity": html.escape,
    "entity, open": lambda one: html.escape(one).rstrip(";") if one in "<>&\"'" else one,
    "percent": lambda one: "".join(f"%{byte:02X}" for byte in one.encode()),
    "percent, lower": lambda one: "".join(f"%{byte:02x}" for byte in one.encode()),
    "percent, twice": lambda one: quote(quote(one, safe=""), safe=""),
    "component": lambda one: quote(one, safe="!'()*"),
    "form": quote_plus,
    "unicode": lambda one: "".join(f"\\u{unit:04x}" for unit in utf16(one)),
    "unicode, upper": lambda one: "".join(f"\\u{unit:04X}" for unit in utf16(one)),
    "unicode, braces": lambda one: f"\\u{{{ord(one):x}}}",
    "unicode, long": lambda one: f"\\U{ord(one):08x}",
    "bytes": lambda one: "".join(f"\\x{byte:02x}" for byte in one.encode()),
    "bytes, upper": lambda one: "".join(f"\\x{byte:02X}" for byte in one.encode()),
    "octal": octal,
    "backslash": lambda one: one if one.isalnum() else f"\\{one}",
    "mail": lambda one: "".join(f"={byte:02X}" for byte in one.encode()),
    "doubled": lambda one: one * 2 if one in "'\"%$\\{}" else one,
    "another case": str.swapcase,
    "full width": lambda one: chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one,
    "of another encoding": lambda one: one.encode().decode("latin-1"),
    "zero width before": lambda one: f"\u200b{one}",
    "soft hyphen after": lambda one: f"{one}\N{SOFT HYPHEN}",
    "NUL after": lambda one: f"{one}\0",
    "an entity after": lambda one: f"{one}&ZeroWidthSpace;",
}

TEXTS: dict[str, Callable[[str], str]] = {
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON of Go": lambda text: json.dumps(text)[1:-1].replace("<", "\\u003c").replace(">", "\\u003e"),
    "JSON of PHP": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "JSON in JSON": lambda text: json.dumps(json.dumps(text)),
    "HTML in JSON": lambda text: json.dumps(html.escape(text)),
    "HTML of Go": lambda text: html.escape(text).replace("&#x27;", "&#39;").replace("&quot;", "&#34;"),
    "HTML twice": lambda text: html.escape(html.escape(text)),
    "URL in HTML": lambda text: html.escape(quote(text)),
    "repr": repr,
    "ascii": ascii,
    "repr of bytes": lambda text: repr(text.encode()),
    "white space collapsed": lambda text: " ".join(text.split()),
    "white space removed": lambda text: "".join(text.split()),
    "shell": lambda text: text.replace("'", "'\\''"),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 of URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "base64, upper": lambda text: base64.b64encode(text.encode()).decode().upper(),
    "base64 in a URL": lambda text: quote(base64.b64encode(text.encode()).decode(), safe=""),
    "hexadecimal": lambda text: text.encode().hex(),
}


def by_character(encode: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: "".join(map(encode, text))


FORMS = {name: by_character(encode) for name, encode in CHARACTERS.items()} | TEXTS

AROUND = re.compile(r"denied: (b?[^\w*]*)[*]{3}(?:[^\w*]|&ZeroWidthSpace;|%3D)* [(]401[)]")
"""All that may be left: quotes around what was written, the padding of base64, and characters that are not seen."""


@pytest.mark.parametrize("password", PASSWORDS)
@pytest.mark.parametrize("form", FORMS)
def test_a_password_is_taken_out_in_each_form(password: str, form: str) -> None:
    shown = Redaction([password])(f"denied: {FORMS[form](password)} (401)")
    assert AROUND.fullmatch(shown)


def test_a_password_is_taken_out_where_white_space_stands_between_its_characters() -> None:
    assert Redaction(["Tr0ub4dor3"])("denied: T r\n 0u\tb4 d or 3!") == "denied: ***!"


PRINTABLE = st.characters(exclude_categories=["C", "Z", "M"])
SECRETS = st.text(PRINTABLE | st.sampled_from("abcXYZ019\\&%#;+=/<>'\"$ "), min_size=4, max_size=24)


def seen(text: str) -> int:
    return sum(map(len, map(fold, text.replace(" ", ""))))


@given(SECRETS, st.data())
def test_a_password_is_taken_out_where_each_character_is_written_in_a_way_of_its_own(
    password: str, data: st.DataObject
) -> None:
    assume(seen(password) >= 4 and password == password.strip())
    ways = data.draw(st.lists(st.sampled_from(list(CHARACTERS)), min_size=len(password), max_size=len(password)))
    written = "".join(CHARACTERS[way](character) for way, character in zip(ways, password, strict=True))
    shown = Redaction([password])(f"denied: {written} (401)")
    assert AROUND.fullmatch(shown)


OUTER = [form for form in FORMS if not form.startswith(("another case", "full width", "base64", "hexadecimal"))]
"""Forms in which escapes stay escapes."""


@given(SECRETS, st.sampled_from(list(TEXTS)), st.sampled_from(OUTER))
def test_a_password_is_taken_out_where_one_program_writes_what_another_has_written(
    password: str, inner: str, outer: str
) -> None:
    assume(seen(password) >= 4)
    shown = Redaction([password])(f"denied: {FORMS[outer](FORMS[inner](password))} (401)")
    assert "***" in shown


@pytest.mark.parametrize("length", range(1, 13))
def test_where_a_text_was_cut_the_beginning_of_a_password_is_left_out(length: int) -> None:
    redacted = Redaction(["Tr0ub4dor3XYZ"])
    assert redacted(f"denied: {'Tr0ub4dor3XYZ'[:length]}", cut=True) == "denied: ***"
    assert (
        redacted(f"denied: {'Tr0ub4dor3XYZ'[:length]} (401)", cut=True) == f"denied: {'Tr0ub4dor3XYZ'[:length]} (401)"
    )


@given(SECRETS, st.sampled_from(list(CHARACTERS)), st.data())
def test_where_a_text_was_cut_no_escaped_beginning_of_a_password_is_left(
    password: str, way: str, data: st.DataObject
) -> None:
    assume(seen(password) >= 4 and password == password.strip())
    written = "".join(map(CHARACTERS[way], password))
    length = data.draw(st.integers(1, len(written) - 1))
    shown = Redaction([password])(f"denied: {written[:length]}", cut=True)
    left = shown.removeprefix("denied: ")
    assert len(left) <= max(map(len, map(CHARACTERS[way], password))) + len("***")


def test_a_text_that_is_whole_may_end_like_a_password_begins() -> None:
    redacted = Redaction(["Tr0ub4dor3XYZ"])
    assert redacted("no such route: Tr0") == "no such route: Tr0"
    assert redacted("denied: Tr0ub4do") == "denied: ***"  # its sender has cut it


@pytest.mark.parametrize("secret", ["a", "is", "the", "-", "404", "é"])
def test_a_short_secret_is_taken_out_where_it_stands_alone(secret: str) -> None:
    redacted = Redaction([secret])
    assert redacted(f"denied: {secret}, or '{secret}'") == "denied: ***, or '***'"
    assert redacted(f"x{secret}x, yes") == f"x{secret}x, yes" or not secret.isalnum()


def test_where_there_are_no_secrets_nothing_is_taken_out() -> None:
    assert Redaction([])("denied: x") == "denied: x"
    assert Redaction(["", " ", "\u200b"])("denied: x \u200b") == "denied: x \u200b"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("cannot reach http://user:pass@host:1/x", "cannot reach http://***@host:1/x"),
        ("cannot reach 'socks5://user:pa/s#s@s@host'", "cannot reach 'socks5://***@host'"),
        ("see http://host/path, or write to me@host", "see http://host/path, or write to me@host"),
    ],
)
def test_what_stands_before_the_host_of_a_url_is_taken_out(text: str, shown: str) -> None:
    assert Redaction([])(text) == shown


@pytest.mark.parametrize("secret", ["x" * 1000, "%" * 200, "\\" * 200, "&amp;" * 60])
def test_a_text_that_would_take_long_is_left_out_as_a_whole(secret: str) -> None:
    assert set(Redaction([secret])(secret[:-1] * 2)) == {"*"}


@given(st.text(), st.lists(st.text(), max_size=3))
def test_any_text_can_be_redacted(text: str, secrets: list[str]) -> None:
    redacted = Redaction(secrets)
    assert len(redacted(text)) <= 4 * len(text)
    assert len(redacted(text, cut=True)) <= 4 * len(text)
