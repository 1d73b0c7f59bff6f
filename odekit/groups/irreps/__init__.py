"""Which irreps has a group? Complex and real ones, from its multiplication table alone."""
