"""Transactions, rows, lists, writes past the ORM, the row format of archives."""
