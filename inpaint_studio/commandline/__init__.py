"""The parts of the command line: arguments, one edit of a photo, and what is said about it."""
