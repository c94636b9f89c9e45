"""What computes: the recipe of an edit, the worker process that runs it, and its supervisor."""
