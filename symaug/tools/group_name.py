"""What mathematicians call a group: C2×C2, C3, D4."""

from __future__ import annotations

from symaug.semantics.group import Group


def group_name(group: Group) -> str:
    """`C2`, `C2×C2`, `C3`, `D4` …; `order 24` for one that has no such short name."""
    order = group.order
    periods = [_period(group, element) for element in range(order)]
    commutes = all(group.product(a, b) == group.product(b, a) for a in range(order) for b in range(a))
    if order in periods:
        return f"C{order}"
    if max(periods) == 2:  # then all elements commute, and there are 2, 4, 8 … of them
        return "×".join(["C2"] * (order.bit_length() - 1))
    if not commutes and order // 2 in periods and periods.count(2) >= order // 2:
        return f"D{order // 2}"
    return f"order {order}"


def _period(group: Group, element: int) -> int:
    """How often an element is applied until nothing has changed."""
    power, count = element, 1
    while power != 0:
        power, count = group.product(power, element), count + 1
    return count
