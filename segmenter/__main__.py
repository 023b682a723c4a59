"""`python -m segmenter` is the `segmenter` command."""

import sys

from segmenter.cli.main import main

sys.exit(main())
