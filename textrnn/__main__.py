"""``python -m textrnn``: the command line, where the script of that name is not on the path."""

from textrnn.cli.main import main

if __name__ == "__main__":
    main()
