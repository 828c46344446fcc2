"""Transactions, rows, lists, reads and writes that bypass the ORM, the row format of archives."""
