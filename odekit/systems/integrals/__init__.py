"""What does a flow conserve?"""
