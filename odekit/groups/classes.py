"""The conjugacy classes of a group, as lists of elements or as a number for each element."""

from functools import lru_cache

import numpy as np

from odekit.arrays import IndexArray
from odekit.groups.table import GroupTable, require_finite

__all__ = ["class_of_elements", "conjugacy_classes"]

# Enough for the groups of one computation; a cache without limit would hold every group ever made.
_GROUPS_KEPT = 8


@lru_cache(maxsize=_GROUPS_KEPT)
def conjugacy_classes(G: GroupTable) -> tuple[IndexArray, ...]:
    """Return the classes {h g h^-1 : h in G}, that of the identity first, then by the least element.

    Returns
    -------
    classes: one read-only array of elements, in ascending order, for each class.

    Raises
    ------
    InputError: the group's order is a symbol.

    Examples
    --------
    >>> from odekit.groups import symmetric
    >>> [[symmetric(3).labels[g] for g in members] for members in conjugacy_classes(symmetric(3))]
    [['e'], ['(23)', '(12)', '(13)'], ['(123)', '(132)']]
    """
    require_finite(G, "conjugacy classes")
    classes, is_new = [], np.ones(G.order, dtype=bool)
    for g in (G.identity, *range(G.order)):
        if is_new[g]:
            members = np.unique(G.table[G.table[:, g], G.inverse])
            members.setflags(write=False)
            is_new[members] = False
            classes.append(members)
    return tuple(classes)


def class_of_elements(G: GroupTable) -> IndexArray:
    """Return the position in `conjugacy_classes` of each element's class, ``(n,)`` integers.

    Raises
    ------
    InputError: the group's order is a symbol.
    """
    numbers = np.empty(require_finite(G, "conjugacy classes").order, dtype=np.intp)
    for number, members in enumerate(conjugacy_classes(G)):
        numbers[members] = number
    return numbers
