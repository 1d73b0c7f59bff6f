"""Where does the reduced flow take the network's own start? Modes, blocks, and the race on spheres."""
