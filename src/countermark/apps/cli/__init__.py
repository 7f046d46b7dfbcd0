"""The command line: translate, call one flow, translate."""
