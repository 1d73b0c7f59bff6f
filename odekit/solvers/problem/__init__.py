"""What is asked, and what is answered? Inputs, events, solutions."""
