"""Is the theorem true? One file a claim: statement, source, hypotheses, experiment, verdict, control.

Full networks are trained without the derivation; their gap to it is judged against a budget of all errors.
"""

from odekit.claims.catalogue import CLAIMS
from odekit.claims.negative_control import Control
from odekit.claims.verdict import Claim, Report, Settings, Verdict, judge
from odekit.claims.verify import select_claims, verify

__all__ = ["CLAIMS", "Claim", "Control", "Report", "Settings", "Verdict", "judge", "select_claims", "verify"]
