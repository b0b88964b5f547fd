"""The subcommands, one file each with `add_arguments(parser)` and `main(args) -> exit status`."""
