"""What all pages share: theme, painted controls, tables, background calls and notices."""
