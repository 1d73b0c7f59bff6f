"""One thin command a file, loaded when it is called."""
