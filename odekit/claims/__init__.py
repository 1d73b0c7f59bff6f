"""Is the theorem true? One file a claim: statement, source, hypotheses, experiment, verdict, control.

An experiment trains the full network with `odekit.simulation`, which knows nothing of any derivation, and
measures the gap to what the derivation predicts against a budget of every error that it knows of. Each claim
carries a nearby false statement that the same experiment must refute.
"""

from odekit.claims.catalogue import CLAIMS
from odekit.claims.negative_control import Control
from odekit.claims.verdict import Claim, Report, Settings, Verdict, judge
from odekit.claims.verify import select_claims, verify

__all__ = ["CLAIMS", "Claim", "Control", "Report", "Settings", "Verdict", "judge", "select_claims", "verify"]
