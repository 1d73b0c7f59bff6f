"""The common kinds of claims about a system; one file a kind."""

from odekit.claims.own.kinds.closed_form import CLOSED_FORM
from odekit.claims.own.kinds.conserved import CONSERVED
from odekit.claims.own.kinds.kind import Kind
from odekit.claims.own.kinds.limit import LIMIT
from odekit.claims.own.kinds.order import ORDER
from odekit.claims.own.kinds.rate import RATE
from odekit.claims.own.kinds.winner import WINNER

__all__ = ["KINDS", "Kind"]

KINDS: dict[str, Kind] = {kind.name: kind for kind in (RATE, CONSERVED, LIMIT, CLOSED_FORM, WINNER, ORDER)}
