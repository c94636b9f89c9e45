"""The commands a person can give, one menu a file: texts, shortcuts and what they do."""
