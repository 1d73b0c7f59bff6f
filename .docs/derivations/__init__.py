"""Every displayed formula of the theory, derived."""
