"""A bookshop: the models of the scenarios and their rows."""
