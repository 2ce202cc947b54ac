#!/usr/bin/env python3
"""See scripts/README.md."""
from sample_generator.cli import main

if __name__ == "__main__":
    main()
