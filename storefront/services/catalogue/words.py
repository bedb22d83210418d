"""How words are folded for search, the same when an album is indexed and when somebody types.

Capitals, accents and width do not count ("Björk" is "bjork", "Ｍ" is "m"): casefold and NFKD without its marks,
https://unicode.org/reports/tr15/. Scripts that write no spaces between words are taken character by character.
"""

import re
import unicodedata

#: More than these are not looked at: nobody means them, and each costs.
MOST_CHARACTERS = 200
MOST_WORDS = 8

_WORD = re.compile(r"[^\W_]+")
#: Thai to Myanmar, Khmer, kana, Han.
_UNSPACED = re.compile(
    r"([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
)

#: Left out by many who type: "whats" is meant to find "What's", "lofi" "Lo-Fi", and "rem" "R.E.M.".
_LEFT_OUT = str.maketrans("", "", "'’ʼ‘`´-‐‑.·")


def fold(text: str) -> list[str]:
    """The words of a text: letters and digits only, folded, in order. "Mára's 2nd" is ["mara", "s", "2nd"]."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(character for character in decomposed if not unicodedata.category(character).startswith("M"))
    return _WORD.findall(_UNSPACED.sub(r" \1 ", bare))


def indexed(*texts: str) -> list[str]:
    """Each word by which these texts are found, once."""
    return list(dict.fromkeys(word for text in texts for word in (*fold(text), *fold(text.translate(_LEFT_OUT)))))


def asked(text: str) -> list[str]:
    """What somebody typed, as the words to look for; those that come twice once."""
    return list(dict.fromkeys(fold(text[:MOST_CHARACTERS])))[:MOST_WORDS]
