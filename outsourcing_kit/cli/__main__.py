"""python -m outsourcing_kit.cli"""

import sys

from outsourcing_kit.cli import main

if __name__ == "__main__":
    sys.exit(main())
