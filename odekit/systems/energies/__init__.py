"""What is the flow of a user's energy? Variables, metric, constraint, and the system they make."""
