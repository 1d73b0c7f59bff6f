"""Parts of plain data: a certificate with its tolerance where it has one."""

from dataclasses import replace

from odekit.derivation import derive
from odekit.derivation.printers import certificate_entry
from odekit.networks import Network


def test_a_certificate_says_its_tolerance_where_it_is_more_than_rounding() -> None:
    exact = derive(Network("Z5")).certify(5)
    assert "tolerance" not in certificate_entry(exact)
    assert certificate_entry(replace(exact, tolerance=1e-3))["tolerance"] == 1e-3
