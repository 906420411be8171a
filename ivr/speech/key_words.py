"""Which keys of the telephone a text names, by the words that the lexicon has for them.

A key word is the word of a digit (`digits`), of `*` or of `#` (`symbols`), or the figure or the
sign itself. A digit's word may mean something else (`one more`), so that only what stands beside a
word of pressing (`press`) is surely a key, such as in `press one`.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from ivr.flow.terms import JOINERS
from ivr.speech.lexicon import IN_WORD

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ivr.speech.lexicon import Lexicon

SIGN_KEYS: Final = "*#"
_PHRASE_ENDS: Final = re.compile(r"[\u0964\u0965?!,;:]|\.(?=\s|$)")
_TOKEN: Final = re.compile(rf"{IN_WORD}+|[{SIGN_KEYS}]")


class KeyWords:
    """Finds the keys that texts of one language name.

    Args:
        lexicon: of that language. A key for which it has no word is not known here; without
            `press`, nothing is `pressed`.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        digits = dict(zip("0123456789", lexicon.digits or (), strict=False))
        signs = {key: lexicon.symbols[key] for key in SIGN_KEYS if key in lexicon.symbols}
        self.words = {**digits, **signs}
        """Key → its word."""
        forms = {_tokens(word): key for key, word in self.words.items()}
        self._forms = {form: key for form, key in forms.items() if form}
        self._longest = max(map(len, self._forms), default=1)
        self._press = {token for word in lexicon.press for token in _tokens(word)}
        self._endings = {
            _bare(ending) for endings in lexicon.endings.values() for ending in endings
        }

    def pressed(self, text: str) -> frozenset[str]:
        """The keys whose words stand beside a word of pressing, in one phrase with it.

        In `press one or two` both do. Where keys stand on both sides (`for the second one press
        two`) it cannot be told which is meant, and none counts.

        Args:
            text: in NFC; an ending on the key word makes it another word here (in Bengali, `one`
                with an ending is `any one`).
        """
        return frozenset(key for phrase in self._phrases(text) for key in self._beside(phrase))

    def offered(self, text: str) -> frozenset[str]:
        """The keys that a text names whose purpose is to name keys.

        They are the `pressed` ones. Only where there are none they are those with which a phrase
        ends, as in `to go on one, to hear again two`.
        """
        last = (phrase[-1] for phrase in self._phrases(text) if phrase)
        return self.pressed(text) or frozenset(token for token in last if token in self.words)

    def held(self, text: str) -> frozenset[str]:
        """The keys whose words stand anywhere in a text, with or without an ending."""
        return frozenset(
            key
            for phrase in self._phrases(text)
            for token in phrase
            if (key := token if token in self.words else self._stem(token)) is not None
        )

    def _stem(self, token: str) -> str | None:
        """The key whose word a token is with an ending on it."""
        return next(
            (
                key
                for (form, *more), key in self._forms.items()
                if not more and token.startswith(form) and token[len(form) :] in self._endings
            ),
            None,
        )

    def _beside(self, phrase: Sequence[str]) -> Iterator[str]:
        for place, token in enumerate(phrase):
            if token in self._press:
                before, after = self._row(phrase[:place][::-1]), self._row(phrase[place + 1 :])
                yield from () if before and after else before or after

    def _row(self, tokens: Sequence[str]) -> tuple[str, ...]:
        """The keys with which a row of words begins, each with one word in between."""
        keys = [token if token in self.words else "" for token in tokens[::2]]
        return tuple(takewhile(bool, keys))

    def _phrases(self, text: str) -> Iterator[list[str]]:
        """The phrases of a text as rows of tokens, in which each key word has become its key."""
        for phrase in _PHRASE_ENDS.split(text):
            tokens, found = _tokens(phrase), []
            while tokens:
                length, token = self._first(tokens)
                found.append(token)
                tokens = tokens[length:]
            yield found

    def _first(self, tokens: tuple[str, ...]) -> tuple[int, str]:
        """How many tokens the first word or key takes, and what it is."""
        for length in range(min(self._longest, len(tokens)), 0, -1):
            key = self._forms.get(tokens[:length])
            if key is not None:
                return length, key
        token = tokens[0]
        is_figure = len(token) == 1 and token.isdecimal()
        return 1, str(int(token)) if is_figure else token


def _tokens(text: str) -> tuple[str, ...]:
    return tuple(map(_bare, _TOKEN.findall(text)))


def _bare(word: str) -> str:
    """A word as it is compared: in NFC, without joiners, and in small letters."""
    return unicodedata.normalize("NFC", word).translate(JOINERS).casefold()
