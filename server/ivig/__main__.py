"""`python -m ivig`."""

from ivig.cli import main

main()
