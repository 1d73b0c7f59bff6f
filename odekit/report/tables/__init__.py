"""What do the numbers say? Tables as data, for the terminal, LaTeX and Markdown."""
