"""What is an ODE, and what can be said of any ODE?"""
