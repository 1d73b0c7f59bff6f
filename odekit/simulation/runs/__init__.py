"""What is a training run? Weights over time, as an object and as a file."""
