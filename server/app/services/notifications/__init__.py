"""Notifications of users: in the app, by email at once, or in a daily digest."""
