"""Names said shortly: few globs that match a set exactly, and lists with braces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from symaug.syntax.names import PatternError, expand

_PARTS = re.compile(r"[_.\-]+|\d+|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^A-Za-z0-9_.\-]+")
_FEWEST = 2  # a glob that says one name only is that name


def parts(name: str) -> list[str]:
    """`LHipYaw_2` → `L Hip Yaw _ 2`: joined, they are the name."""
    return _PARTS.findall(name)


def words(name: str) -> list[str]:
    """The parts without what separates them."""
    return [part for part in parts(name) if part[0] not in "_.-"]


def covering(chosen: Sequence[str], everything: Sequence[str]) -> list[str]:
    """Few short patterns that match exactly `chosen` among `everything`.

    Two ways are tried, globs with any ends and words in the middle, and globs that begin or end like names
    do; the shorter text is it.
    """
    ways = [_cover(chosen, everything, anywhere) for anywhere in (True, False)]
    return min(ways, key=lambda way: len(" ".join(way)) + 2 * len(way))


def listing(names: Sequence[str], owner: Mapping[str, str]) -> list[str]:
    """Names in their order, with braces: `{LF,RF}_{HAA,HFE}`; expanded, they are the names.

    Args:
        names: to be listed.
        owner: of each name, what it belongs to: braces join names of one owner, then owners.
    """
    runs = [list(run) for _, run in groupby(names, key=owner.__getitem__)]
    made = braced([pattern for run in runs for pattern in braced(run)])
    return made if [name for pattern in made for name in expand(pattern)] == list(names) else list(names)


def braced(patterns: Sequence[str]) -> list[str]:
    """Neighbouring patterns that differ in one place only are joined with braces, as often as that works."""
    made = list(patterns)
    while True:
        shorter = _joined(made)
        if shorter == made:
            return made
        made = shorter


# --- globs ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Glob:
    """`head*tail`, or `*middle*`."""

    head: str
    tail: str
    middle: str = ""

    def __str__(self) -> str:
        return f"*{self.middle}*" if self.middle else f"{self.head}*{self.tail}"

    def matches(self, name: str) -> bool:
        if self.middle:
            return self.middle in name
        return (
            len(name) >= len(self.head) + len(self.tail)
            and name.startswith(self.head)
            and name.endswith(self.tail)
        )

    @property
    def untidy(self) -> int:
        """How many stars stand beside a word that a separator would end."""
        return len(re.findall(r"(?<=[A-Za-z0-9])\*|\*(?=[A-Za-z0-9])", str(self)))


def _cover(chosen: Sequence[str], everything: Sequence[str], anywhere: bool) -> list[str]:
    wanted = set(chosen)
    others = [name for name in everything if name not in wanted]
    useful: dict[_Glob, frozenset[str]] = {}
    for glob in dict.fromkeys(glob for name in chosen for glob in _globs(name, anywhere)):
        if not any(glob.matches(name) for name in others):
            hits = frozenset(name for name in chosen if glob.matches(name))
            if len(hits) >= _FEWEST:
                useful[glob] = hits
    left, picked = set(wanted), []
    while left:
        best = min(useful, key=lambda glob: _rank(glob, len(useful[glob] & left)), default=None)
        if best is None or len(useful[best] & left) < _FEWEST:
            break
        picked.append(best)
        left -= useful[best]
    picked = _without_idle(picked, useful)
    opening = any(str(glob).endswith("_*") for glob in picked)
    singles = [name for name in chosen if name in left]
    patterns = {str(glob): min(chosen.index(name) for name in useful[glob]) for glob in picked}
    patterns |= {_alone(n, everything) if opening else n: chosen.index(n) for n in singles}
    return braced(sorted(patterns, key=patterns.__getitem__))


def _globs(name: str, anywhere: bool) -> Iterator[_Glob]:
    """Globs that match a name, cut between words."""
    pieces = parts(name)
    yield _Glob("", "")
    for start in range(len(pieces) + 1):
        head = "".join(pieces[:start])
        for end in range(start + 1, len(pieces) + 1):
            tail = "".join(pieces[end:])
            if any(letter.isalnum() for letter in head + tail):
                yield _Glob(head, tail)
            middle = "".join(pieces[start:end])
            if anywhere and start > 0 and end < len(pieces) and any(map(str.isalnum, middle)):
                yield _Glob("", "", middle)


def _rank(glob: _Glob, covered: int) -> tuple[int, int, int, str]:
    return -covered, glob.untidy, len(str(glob)), str(glob)


def _alone(name: str, everything: Sequence[str]) -> str:
    """`left_knee_*` for the only name that begins so; the name where none is."""
    pieces = parts(name)
    for end in range(len(pieces) - 1, 0, -1):
        glob = _Glob("".join(pieces[:end]), "")
        if not glob.untidy and [other for other in everything if glob.matches(other)] == [name]:
            return str(glob)
    return name


def _without_idle(globs: Sequence[_Glob], hits: Mapping[_Glob, frozenset[str]]) -> list[_Glob]:
    """Without globs that the others cover together, the last found kept."""
    kept = list(globs)
    for glob in globs:
        others = [hits[other] for other in kept if other != glob]
        if hits[glob] <= frozenset().union(*others):
            kept.remove(glob)
    return kept


# --- braces -----------------------------------------------------------------------------------------


def _joined(patterns: Sequence[str]) -> list[str]:
    made, start = [], 0
    while start < len(patterns):
        best, end = patterns[start], start + 1
        for stop in range(start + 2, len(patterns) + 1):
            longer = _brace(patterns[start:stop])
            if longer is None:
                break
            best, end = longer, stop
        made.append(best)
        start = end
    return made


def _brace(patterns: Sequence[str]) -> str | None:
    """One pattern with one more pair of braces; None when the patterns have too little in common."""
    split = [_pieces(pattern) for pattern in patterns]
    head = _common(split)
    tail = _common([pieces[head:][::-1] for pieces in split])
    inner = ["".join(pieces[head : len(pieces) - tail]) for pieces in split]
    before, after = "".join(split[0][:head]), "".join(split[0][len(split[0]) - tail :])
    if not all(inner) or not (before or after) or len({*inner}) < len(inner):
        return None
    if any(re.search(r"[{}]", text) for text in inner):
        return None
    made = f"{before}{{{','.join(inner)}}}{after}"
    try:
        same = expand(made) == [name for pattern in patterns for name in expand(pattern)]
    except PatternError:
        return None
    return made if same and len(made) < len(" ".join(patterns)) else None


def _pieces(pattern: str) -> list[str]:
    """Parts, with braces and stars as one piece each."""
    return [
        piece
        for chunk in re.split(r"(\{[^{}]*\}|\*)", pattern)
        for piece in ([chunk] if chunk.startswith(("{", "*")) else parts(chunk))
    ]


def _common(lists: Sequence[Sequence[str]]) -> int:
    """How many pieces all lists begin with, at least one of each left over."""
    count = 0
    for entries in zip(*lists, strict=False):
        if len(set(entries)) > 1:
            break
        count += 1
    return min(count, min(len(each) for each in lists) - 1)
