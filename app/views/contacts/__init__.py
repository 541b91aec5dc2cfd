"""The contacts page: the table, its search, the drawer and the form."""
