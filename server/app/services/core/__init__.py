"""What every service stands on: transactions, rows, lists, writes past the ORM, the row codec of archives."""
