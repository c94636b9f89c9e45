"""Reading and writing pictures, and the list of recent ones."""
