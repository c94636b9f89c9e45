"""The document: layers in document coordinates, commands that change them, and their history."""
