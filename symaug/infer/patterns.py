"""Names said shortly: the fewest globs that match a set exactly, and lists with braces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from symaug.syntax.names import PatternError, expand, matches

_PARTS = re.compile(r"[_.\-]+|\d+|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^A-Za-z0-9_.\-]+")
_FEWEST = 2  # a glob that says one name only is that name


def parts(name: str) -> list[str]:
    """`LHipYaw_2` → `L Hip Yaw _ 2`: joined, they are the name."""
    return _PARTS.findall(name)


def words(name: str) -> list[str]:
    """The parts without what separates them."""
    return [part for part in parts(name) if part[0] not in "_.-"]


def covering(chosen: Sequence[str], everything: Sequence[str]) -> list[str]:
    """Few short patterns that match exactly `chosen` among `everything`, globs first tried."""
    wanted = set(chosen)
    if not wanted:
        return []
    useful: dict[str, frozenset[str]] = {}
    for name in chosen:
        for glob in _globs(name):
            if glob not in useful:
                hits = frozenset(other for other in everything if matches(glob, other))
                if hits <= wanted and len(hits) >= _FEWEST:
                    useful[glob] = hits
    left, patterns = set(wanted), []
    while left:
        best = min(useful, key=lambda glob: _rank(glob, len(useful[glob] & left)), default=None)
        if best is None or len(useful[best] & left) < _FEWEST:
            break
        patterns.append(best)
        left -= useful[best]
    patterns = _without_idle(patterns, useful)
    opening = any(pattern.endswith("_*") for pattern in patterns)
    patterns += [_alone(name, everything) if opening else name for name in chosen if name in left]
    return braced(_in_order(patterns, chosen))


def _rank(glob: str, covered: int) -> tuple[int, int, int, str]:
    return -covered, _untidy(glob), len(glob), glob


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


def _joined(patterns: list[str]) -> list[str]:
    made, rest = [], patterns
    while rest:
        length = next(n for n in range(len(rest), 0, -1) if n == 1 or _brace(rest[:n]) is not None)
        made.append(_brace(rest[:length]) or rest[0] if length > 1 else rest[0])
        rest = rest[length:]
    return made


def _brace(patterns: list[str]) -> str | None:
    """One pattern with one more pair of braces; None when the patterns have too little in common."""
    split = [_pieces(pattern) for pattern in patterns]
    head = _common(split)
    tail = _common([pieces[head:][::-1] for pieces in split])
    if len(set(patterns)) < len(patterns):
        return None
    inner = ["".join(pieces[head : len(pieces) - tail]) for pieces in split]
    first = split[0]
    before, after = "".join(first[:head]), "".join(first[len(first) - tail :])
    if not all(inner) or any(re.search(r"[{}]", text) for text in inner):
        return None
    if not (before or after):
        return None
    made = f"{before}{{{','.join(inner)}}}{after}"
    try:
        same = expand(made) == [name for pattern in patterns for name in expand(pattern)]
    except PatternError:
        return None
    return made if same and len(made) < len(" ".join(patterns)) else None


def _pieces(pattern: str) -> list[str]:
    """Parts, with braces as one piece."""
    return [
        piece
        for chunk in re.split(r"(\{[^{}]*\}|\*)", pattern)
        for piece in ([chunk] if chunk.startswith(("{", "*")) else parts(chunk))
    ]


def _common(lists: Sequence[Sequence[str]]) -> int:
    count = 0
    for entries in zip(*lists, strict=False):
        if len(set(entries)) > 1:
            break
        count += 1
    shortest = min(len(each) for each in lists)
    return min(count, shortest - 1) if count == shortest else count


def _globs(name: str) -> Iterator[str]:
    """Patterns around a name: a start, an end, both, or a word in the middle; cut between words."""
    pieces = parts(name)
    yield "*"
    cuts = range(len(pieces) + 1)
    for start in cuts:
        for end in range(start + 1, len(pieces) + 1):
            head, tail = "".join(pieces[:start]), "".join(pieces[end:])
            if head or tail:
                yield f"{head}*{tail}"
            if start > 0 and end < len(pieces):
                yield f"*{''.join(pieces[start:end])}*"


def _untidy(glob: str) -> int:
    """How many stars stand beside a word that a separator would end."""
    return len(re.findall(r"(?<=[A-Za-z0-9])\*|\*(?=[A-Za-z0-9])", glob))


def _alone(name: str, everything: Sequence[str]) -> str:
    """`left_knee_*` for the only name that begins so; the name where none is."""
    pieces = parts(name)
    for end in range(len(pieces) - 1, 0, -1):
        glob = "".join(pieces[:end]) + "*"
        if not _untidy(glob) and [other for other in everything if matches(glob, other)] == [name]:
            return glob
    return name


def _without_idle(patterns: list[str], hits: dict[str, frozenset[str]]) -> list[str]:
    """Without patterns that the others cover together, the last found kept."""
    kept = list(patterns)
    for pattern in patterns:
        others = [hits[other] for other in kept if other != pattern]
        if hits[pattern] <= frozenset().union(*others):
            kept.remove(pattern)
    return kept


def _in_order(patterns: Sequence[str], names: Sequence[str]) -> list[str]:
    def first(pattern: str) -> int:
        return next(rank for rank, name in enumerate(names) if matches(pattern, name))

    return sorted(patterns, key=first)
