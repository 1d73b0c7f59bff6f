"""``python -m odekit.cli``: the same as the command ``odekit``."""

from odekit.cli.program import main

if __name__ == "__main__":
    main()
