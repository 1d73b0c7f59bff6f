"""Is the theorem true? One file a claim: statement, source, hypotheses, experiment, verdict, control.

Full networks are trained without the derivation; their gap to it is judged against a budget of all errors.
Claims of one's own, in Python or TOML, enter by the same door and are judged by the same rules.
"""

from odekit.claims.catalogue import CLAIMS
from odekit.claims.negative_control import Control
from odekit.claims.own import Measurement, claim
from odekit.claims.settings import Settings
from odekit.claims.verdict import Claim, Report, Verdict, judge
from odekit.claims.verify import loaded, select_claims, verify

__all__ = [
    "CLAIMS",
    "Claim",
    "Control",
    "Measurement",
    "Report",
    "Settings",
    "Verdict",
    "claim",
    "judge",
    "loaded",
    "select_claims",
    "verify",
]
