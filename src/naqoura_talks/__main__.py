"""Runs the command as ``python -m naqoura_talks``."""

import sys

from naqoura_talks.cli import main

sys.exit(main())
