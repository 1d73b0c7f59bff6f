"""How far may network and ODE be apart? Every part of the error budget, measured on the run itself."""
