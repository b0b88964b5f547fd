"""What several files of tests share; conftest files make fixtures of it."""
